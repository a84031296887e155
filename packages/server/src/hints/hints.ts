// LISTEN/NOTIFY as a hint: one connection per server hears what changed and wakes whoever waits for it. A hint may be
// lost (connection gone) and may be false; whoever is woken asks the database again. Hence: subscribe, ask, then wait.
/** The one channel; payloads are topics. */
export const HINT_CHANNEL = 'towpath_hints';

/** Something that can be waited for. */
export type Topic =
  | `tasks:${string}`
  | `session:${string}`
  | `log:${string}`
  | `deliveries:${string}`
  | `release:${string}`
  | 'events'
  | 'leases'
  | 'audit'
  | 'access'
  | 'absence'
  | 'schedules'
  | 'promotions';

/** A waiter; hints between two waits are kept, so nothing that follows `subscribe` is missed. */
export interface Subscription {
  /** Resolves when a hint came, the time is over or the signal fired. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface Hints {
  subscribe(topics: readonly Topic[]): Subscription;
  /** Whether somebody of this process waits for it who does not wait for `own`, too. */
  isAwaited(topic: Topic, own: Topic): boolean;
}

/** Wakes the waiters of this process; the listener feeds it. */
export interface HintBoard extends Hints {
  announce(topic: string): void;
  announceAll(): void;
}

interface Waiter {
  readonly topics: ReadonlySet<string>;
  isHinted: boolean;
  wake: () => void;
}

/** Creates the board; it holds nothing open. */
export function createHintBoard(): HintBoard {
  const waiters = new Set<Waiter>();
  const hint = (waiter: Waiter) => {
    waiter.isHinted = true;
    waiter.wake();
  };
  return {
    subscribe(topics) {
      const waiter: Waiter = { topics: new Set(topics), isHinted: false, wake: () => undefined };
      waiters.add(waiter);
      return {
        wait: (timeoutMs, signal) => waitForHint(waiter, timeoutMs, signal),
        close: () => waiters.delete(waiter),
      };
    },
    isAwaited: (topic, own) => [...waiters].some(({ topics }) => topics.has(topic) && !topics.has(own)),
    announce: (topic) => [...waiters].filter(({ topics }) => topics.has(topic)).forEach(hint),
    announceAll: () => [...waiters].forEach(hint),
  };
}

async function waitForHint(waiter: Waiter, timeoutMs: number, signal: AbortSignal): Promise<void> {
  if (!waiter.isHinted && !signal.aborted && timeoutMs > 0) {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(timeoutMs, MAX_WAIT_MS));
      signal.addEventListener('abort', wake);
      waiter.wake = wake;
    });
  }
  waiter.wake = () => undefined;
  waiter.isHinted = false;
}

/** Longest sleep without a hint: setTimeout takes 31 bits, and a hint lost for good is made up for within five minutes. */
const MAX_WAIT_MS = 300_000;
