// A finish as it is stored, so that a repeated one can be compared with the first.
import { type FinishedAttempt, MAX_RESULT_BYTES } from '@towpath/api';

/**
 * A result beyond its limit makes the attempt failed (RESULT_INVALID): the work can't be taken as succeeded without the
 * document others read, and refusing the report would leave the attempt without an end. NUL, which text columns can't
 * hold, is shown as U+FFFD.
 */
export function normalizeFinish(finish: FinishedAttempt): FinishedAttempt {
  const reason = finish.reason?.replaceAll('\0', '\u{fffd}').toWellFormed() ?? null;
  const reasonCode = finish.reasonCode?.replaceAll('\0', '\u{fffd}').toWellFormed() ?? null;
  const sizeBytes = finish.result === null ? 0 : Buffer.byteLength(JSON.stringify(finish.result));
  if (sizeBytes <= MAX_RESULT_BYTES) return { ...finish, reason, reasonCode };
  return {
    ...finish,
    outcome: finish.outcome === 'succeeded' ? 'failed' : finish.outcome,
    reasonCode: 'RESULT_INVALID',
    reason: `The result document has ${sizeBytes} bytes; the limit is ${MAX_RESULT_BYTES}.`,
    result: null,
  };
}
