// Judging a chain one line at a time, so that a long one needs no memory. Each problem says what no honest history shows.
import { type AuditEntry, type AuditHead, EMPTY_CHAIN, formatHashInput, type Sha256 } from './audit-chain.ts';
import { type AuditCheckpoint, formatCheckpointMessage } from './audit-checkpoint.ts';

/** What was found, and at which number. */
export interface AuditProblem {
  readonly code: keyof typeof AUDIT_PROBLEMS;
  readonly sequence: number;
}

/** What each problem means. */
export const AUDIT_PROBLEMS = {
  ENTRY_CHANGED: 'the entry does not have the content that was hashed',
  ENTRIES_MISSING: 'entries before this one are missing',
  ENTRY_OUT_OF_ORDER: 'the entry stands where it does not belong: moved, doubled or added',
  LINK_BROKEN: 'the entry does not continue the one before it',
  CHECKPOINT_CONTRADICTED: 'the chain has another hash than the one that was signed here',
  SIGNATURE_WRONG: 'the signature of the checkpoint does not fit its key',
  KEY_UNKNOWN: 'the checkpoint was signed by a key that was not given',
  TAIL_MISSING: 'the chain ends before this checkpoint',
} as const;

/** What verifying needs besides the lines. */
export interface VerifyTools {
  readonly sha256: Sha256;
  /** Whether a signature fits; undefined: the key is not known. */
  readonly checkSignature: (message: string, checkpoint: AuditCheckpoint) => boolean | undefined;
}

export type AuditLine = ({ readonly kind: 'entry' } & AuditEntry) | ({ readonly kind: 'checkpoint' } & AuditCheckpoint);

/** A verification under way. */
export interface ChainVerifier {
  /** The next line, in order; returns what is wrong with it. */
  add(line: AuditLine): readonly AuditProblem[];
  /** The end of the chain; returns what is missing behind it. */
  finish(): { readonly head: AuditHead; readonly signedUpTo: number; readonly problems: readonly AuditProblem[] };
}

/** Starts with the first entry. `kept` are checkpoints that were kept elsewhere: the chain must agree with each of them. */
export function createChainVerifier(tools: VerifyTools, kept: readonly AuditCheckpoint[] = []): ChainVerifier {
  let head = EMPTY_CHAIN;
  let signedUpTo = 0;
  const pending = new Map(Map.groupBy(kept, ({ sequence }) => sequence));
  return {
    add(line) {
      if (line.kind === 'checkpoint') {
        const problems = checkCheckpoint(line, head, tools);
        if (problems.length === 0) signedUpTo = Math.max(signedUpTo, line.sequence);
        return problems;
      }
      const problems = checkEntry(line, head, tools.sha256);
      head = { sequence: line.sequence, hash: line.hash };
      const here = pending.get(line.sequence) ?? [];
      pending.delete(line.sequence);
      return [...problems, ...here.flatMap((checkpoint) => checkCheckpoint(checkpoint, head, tools))];
    },
    finish() {
      const left = [...pending.values()].flat();
      const problems = left.flatMap((checkpoint) => [
        ...checkSignature(checkpoint, tools),
        { code: 'TAIL_MISSING' as const, sequence: checkpoint.sequence },
      ]);
      return { head, signedUpTo, problems };
    },
  };
}

// An entry is compared with what it says of itself and with the one before it; from then on it counts as true, so that one
// edit is one problem and not as many as there are entries behind it.
function checkEntry(entry: AuditEntry, head: AuditHead, sha256: Sha256): AuditProblem[] {
  const { sequence, previousHash, hash } = entry;
  const problems: AuditProblem[] = [];
  const expected = head.sequence + 1;
  if (sequence > expected) problems.push({ code: 'ENTRIES_MISSING', sequence });
  if (sequence < expected) problems.push({ code: 'ENTRY_OUT_OF_ORDER', sequence });
  if (sequence === expected && previousHash !== head.hash) problems.push({ code: 'LINK_BROKEN', sequence });
  if (sha256(formatHashInput(entry, sequence, previousHash)) !== hash)
    problems.push({ code: 'ENTRY_CHANGED', sequence });
  return problems;
}

function checkCheckpoint(checkpoint: AuditCheckpoint, head: AuditHead, tools: VerifyTools): AuditProblem[] {
  const { sequence, hash } = checkpoint;
  if (sequence !== head.sequence) return [{ code: 'TAIL_MISSING', sequence }];
  const problems = checkSignature(checkpoint, tools);
  return hash === head.hash ? problems : [...problems, { code: 'CHECKPOINT_CONTRADICTED', sequence }];
}

function checkSignature(checkpoint: AuditCheckpoint, tools: VerifyTools): AuditProblem[] {
  const fits = tools.checkSignature(formatCheckpointMessage(checkpoint), checkpoint);
  if (fits === true) return [];
  return [{ code: fits === undefined ? 'KEY_UNKNOWN' : 'SIGNATURE_WRONG', sequence: checkpoint.sequence }];
}
