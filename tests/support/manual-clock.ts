// A clock that stands until a test moves it: whoever sleeps wakes when its time has come.
import type { AgentOptions } from '@towpath/agent';

type Clock = NonNullable<AgentOptions['clock']>;

export interface ManualClock extends Clock {
  moveTo(at: string): void;
  /** Until when somebody sleeps; undefined: nobody does. */
  sleepsUntil(): string | undefined;
}

interface Sleeper {
  readonly at: Date;
  readonly wake: () => void;
}

/** Creates one that stands at an instant. */
export function createManualClock(at: string): ManualClock {
  let now = new Date(at);
  const sleepers = new Set<Sleeper>();
  const wakeDue = (): void => {
    for (const sleeper of sleepers) if (sleeper.at <= now) sleeper.wake();
  };
  return {
    now: () => now,
    sleepUntil: (until, signal) =>
      new Promise<void>((resolve, reject) => {
        const abort = (): void => reject(signal.reason);
        const sleeper: Sleeper = { at: until, wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener('abort', abort, { once: true });
        if (signal.aborted) abort();
        wakeDue();
      }).then(
        () => sleepers.clear(),
        (thrown: unknown) => {
          sleepers.clear();
          throw thrown;
        },
      ),
    moveTo: (next) => {
      now = new Date(next);
      wakeDue();
    },
    sleepsUntil: () => [...sleepers].at(-1)?.at.toISOString(),
  };
}
