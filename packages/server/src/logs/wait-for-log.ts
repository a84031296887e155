// The long poll of a log: returns at once when there is something past the offset, or nothing more will come.
import type { ServerContext } from '../http/server-context.ts';
import { attemptUnknown } from './attempt-unknown.ts';
import { findLogState, type LogState } from './operations/find-log-state.ts';
import { type LogRange, readLogBytes } from './operations/read-log-bytes.ts';

/** A range of a log and how long to wait for its first byte. */
export interface LogRequest extends LogRange {
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Bytes of the range, and the state they belong to. */
export interface LogPage extends LogState {
  readonly bytes: Buffer;
}

/**
 * Reads a range; waits for bytes past its offset.
 *
 * @throws TowpathError `ATTEMPT_UNKNOWN`
 */
export async function waitForLog({ pool, hints }: ServerContext, request: LogRequest): Promise<LogPage> {
  const { attemptId, offset, waitMs, signal } = request;
  const subscription = hints.subscribe([`log:${attemptId}`]);
  const endsAtMs = performance.now() + waitMs;
  try {
    for (;;) {
      const state = await findLogState(pool, attemptId);
      if (!state) throw attemptUnknown(attemptId);
      const leftMs = endsAtMs - performance.now();
      if (state.lengthBytes > offset || state.isComplete || leftMs <= 0 || signal.aborted) {
        // Bytes that arrive between the two reads are cut off: the reply must not hold more than its length says.
        const bytes = await readLogBytes(pool, request);
        return { ...state, bytes: bytes.subarray(0, Math.max(0, state.lengthBytes - offset)) };
      }
      await subscription.wait(leftMs, signal);
    }
  } finally {
    subscription.close();
  }
}
