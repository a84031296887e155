/** An `AbortSignal`, as far as it is needed: core knows no host. */
export interface GiveUpSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Runs one piece of work when it is its turn, never within the call; a failure is its caller's alone. Who gives up (`signal`)
 * before that leaves the queue, and gets the signal's reason.
 */
export type TakeTurn = <T>(work: () => Promise<T>, signal?: GiveUpSignal) => Promise<T>;

/** How many may wait, and the error of who comes beyond them. */
export interface QueueLimit {
  readonly waiting: number;
  readonly refuse: () => Error;
}

/** Runs work so that no more than `atOnce` goes on at a time; who comes later waits in the order of coming, without a limit: all. */
export function createTurns(atOnce: number, limit?: QueueLimit): TakeTurn {
  const waiting = new Set<() => void>();
  let running = 0;
  return async (work, signal) => {
    if (running >= atOnce) {
      if (limit && waiting.size >= limit.waiting) throw limit.refuse();
      await waitIn(waiting, signal);
    } else {
      running += 1;
      await Promise.resolve();
    }
    try {
      return await work();
    } finally {
      const [next] = waiting;
      // The turn is handed on, so that nobody comes between.
      if (next) next();
      else running -= 1;
    }
  };
}

function waitIn(waiting: Set<() => void>, signal: GiveUpSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(go);
      signal?.removeEventListener('abort', giveUp);
    };
    const go = (): void => {
      leave();
      resolve();
    };
    const giveUp = (): void => {
      leave();
      reject(signal?.reason);
    };
    waiting.add(go);
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted) giveUp();
  });
}
