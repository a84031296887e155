// One conversation with the server: what is worth repeating is repeated until it is answered, however long that takes.
import { ApiError } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { waitToRetry } from './backoff.ts';

export interface ServerLink {
  /**
   * Repeats `act` until the server answers it. Everything an agent says may be repeated harmlessly; so a lost answer is
   * asked again. `act` gets a signal that also ends a call that hangs.
   *
   * @throws TowpathError of the server when it refuses; the signal's reason when that fires
   */
  ask<T>(act: (signal: AbortSignal) => Promise<T>, options: AskOptions): Promise<T>;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Longer than the server may take on purpose (a long poll). Default: 30 s. */
  readonly timeoutMs?: number;
  /** A refused credential (401, 403) is an answer. Default: it is asked again, since it may be renewed. */
  readonly takesRefusal?: boolean;
}

/** A server that holds a connection open for so long without a word is as good as away. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** Creates the link. `log` hears once when the server goes away, and once when it is back. */
export function createServerLink(log: (line: string) => void): ServerLink {
  let isAway = false;
  const noticeAway = (thrown: unknown): void => {
    if (!isAway) log(`server does not answer, trying again: ${describe(thrown)}`);
    isAway = true;
  };
  const noticeBack = (): void => {
    if (isAway) log('server answers again');
    isAway = false;
  };
  return {
    ask: async (act, { signal, timeoutMs = DEFAULT_TIMEOUT_MS, takesRefusal }) => {
      for (let failures = 0; ; failures += 1) {
        signal.throwIfAborted();
        try {
          const answer = await act(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
          noticeBack();
          return answer;
        } catch (thrown) {
          if (signal.aborted || !isWorthRepeating(thrown, takesRefusal)) throw thrown;
          noticeAway(thrown);
        }
        await waitToRetry(failures, signal);
      }
    },
  };
}

/**
 * True for what may be answered differently later. A refused credential is among it: it may be renewed on the server,
 * and running attempts must not be given up because of it.
 */
function isWorthRepeating(thrown: unknown, takesRefusal = false): boolean {
  if (isCredentialRefused(thrown)) return !takesRefusal;
  if (thrown instanceof ApiError) return thrown.status >= 500 || [408, 429].includes(thrown.status);
  if (thrown instanceof TowpathError) return thrown.code === 'SERVER_UNREACHABLE' || thrown.code === 'REPLY_INVALID';
  return thrown instanceof DOMException && thrown.name === 'TimeoutError';
}

/** True when the server does not accept who speaks. */
export function isCredentialRefused(thrown: unknown): thrown is ApiError {
  return thrown instanceof ApiError && (thrown.status === 401 || thrown.status === 403);
}

function describe(thrown: unknown): string {
  if (thrown instanceof TowpathError) return [thrown.code, thrown.reason ?? thrown.message].join(': ');
  return thrown instanceof Error ? thrown.message : String(thrown);
}
