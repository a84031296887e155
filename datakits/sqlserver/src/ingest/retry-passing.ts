// Trying again what failed for a reason that passes. It is right for a whole load too: nothing is visible before the one
// COMMIT, and where only the answer to that was lost, the same batch is found published.
import { setTimeout as sleep } from 'node:timers/promises';
import { TowpathError } from '@towpath/core';
import { type RetryPolicy, waitSecondsBefore } from '../settings/retry-policy.ts';

/**
 * Errors of the network, of a server that starts or is overtaken, of somebody else's transaction. Not among them, though a
 * later attempt may succeed: locks and readers, which have been waited for, and a full disk.
 */
const PASSING: ReadonlySet<string> = new Set([
  'BRONZE_BUSY',
  'BRONZE_CONNECTION_LOST',
  'BRONZE_UNREACHABLE',
  'QUARANTINE_CHANGED',
  'SOURCE_CONFLICT',
  'SOURCE_SCHEMA_MOVING',
  'TDS_CONNECT_FAILED',
  'TDS_CONNECT_TIMEOUT',
  'TDS_CONNECTION_LOST',
  'TDS_REQUEST_TIMEOUT',
]);

/** Who tries, and who wants to know. */
export interface Retrying {
  readonly policy: RetryPolicy;
  /** Ends a wait at once. */
  readonly signal: AbortSignal;
  print(line: string): void;
}

/** Runs until it succeeds, fails for good, or has been tried often enough; rejects with the last error or the signal's reason. */
export async function retryPassing<T>(name: string, retrying: Retrying, run: () => Promise<T>): Promise<T> {
  const { policy, signal, print } = retrying;
  for (let number = 1; ; number++) {
    try {
      return await run();
    } catch (error) {
      if (signal.aborted || number > policy.count || !isPassing(error)) throw error;
      const seconds = waitSecondsBefore(policy, number);
      print(`${name}: ${error.code}: ${error.message} Try ${number + 1} of ${policy.count + 1} in ${seconds} s`);
      await wait(seconds, signal);
    }
  }
}

function isPassing(error: unknown): error is TowpathError {
  return error instanceof TowpathError && PASSING.has(error.code);
}

async function wait(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1_000, undefined, { signal }).catch(() => signal.throwIfAborted());
}
