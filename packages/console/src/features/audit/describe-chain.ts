// The chain of the audit in words: how far it is linked, how far it is signed, whether something is wrong.
import type { AuditStatusView } from '@towpath/api';
import { formatCount, formatNumber } from '../../format/format-count.ts';
import { formatElapsed } from '../../format/format-instant.ts';

export interface ChainHealth {
  readonly isHealthy: boolean;
  readonly headline: string;
  /** How much of it a signature covers. */
  readonly signature: string;
}

/** Entries are linked within a second; one that waits longer means that nobody links. */
const LINKING_FAULT_MS = 10_000;

/** Judges the chain as the server tells it; whether its hashes are right is for `towpath audit verify`. */
export function describeChain(status: AuditStatusView, nowMs: number): ChainHealth {
  const { sequence, unlinked, unlinkedSince } = status;
  const isStuck = unlinkedSince !== null && nowMs - Date.parse(unlinkedSince) > LINKING_FAULT_MS;
  const linked =
    sequence === 0 ? 'No entry yet' : `${formatCount(sequence, 'decision')} recorded, linked up to the last`;
  const headline = isStuck
    ? `Linking stands still: ${formatCount(unlinked, 'entry').replace('entrys', 'entries')} wait for ${formatElapsed(unlinkedSince, nowMs)}`
    : linked;
  return { isHealthy: !isStuck, headline, signature: describeSignature(status) };
}

function describeSignature({ sequence, checkpoint, publicKey }: AuditStatusView): string {
  if (!publicKey) return 'Not signed: this server was started without a key.';
  if (!checkpoint) return sequence === 0 ? 'Nothing to sign yet.' : 'Not signed yet.';
  const behind = sequence - checkpoint.sequence;
  const rest =
    behind === 0
      ? 'the whole chain'
      : `up to entry ${formatNumber(checkpoint.sequence)}; ${formatNumber(behind)} since`;
  return `Signed ${rest}.`;
}
