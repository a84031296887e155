// A checkpoint: somebody with a key says that the chain had this hash at this number. Kept elsewhere, it shows a tail that was
// cut off, and a chain that was computed anew.
import { formatCanonicalJson } from '../graph/canonical-json.ts';
import type { AuditHead } from './audit-chain.ts';

/** What is signed. */
export interface AuditCheckpoint extends AuditHead {
  readonly at: string;
  /** Which key signed it. */
  readonly keyId: string;
  /** Ed25519 over `formatCheckpointMessage`, base64. */
  readonly signature: string;
}

/** The text that is signed; its first member keeps a signature from meaning anything else. */
export function formatCheckpointMessage({
  sequence,
  hash,
  at,
}: Pick<AuditCheckpoint, 'sequence' | 'hash' | 'at'>): string {
  return formatCanonicalJson({ purpose: 'towpath-audit-checkpoint', sequence, hash, at });
}

/** After so many entries one is signed … */
export const CHECKPOINT_ENTRIES = 1000;
/** … or after so much time with a new entry: what lies behind the last one is not signed yet, so a minute, not a day. */
export const CHECKPOINT_SECONDS = 60;

/** How long until the next checkpoint is due; 0: now, undefined: nothing is unsigned. */
export function decideCheckpoint(
  head: AuditHead,
  last: { readonly sequence: number; readonly ageSeconds: number } | undefined,
): number | undefined {
  if (head.sequence === (last?.sequence ?? 0)) return undefined;
  if (!last || head.sequence - last.sequence >= CHECKPOINT_ENTRIES) return 0;
  return Math.max(CHECKPOINT_SECONDS - last.ageSeconds, 0);
}
