// The attempts this agent holds at this moment, and how many more it can take.
import type { AttemptGrant } from '@towpath/api';
import type { AttemptRunner } from './attempt-runner.ts';

export interface Roster {
  /** Attempts at a time. */
  readonly slots: number;
  /** Adds a runner; it leaves by itself when it is done. */
  add(runner: AttemptRunner): void;
  find(attemptId: string): AttemptRunner | undefined;
  list(): readonly AttemptRunner[];
  /** True for an attempt that is held, or was done a moment ago: a grant that was sent twice. */
  knows(grant: Pick<AttemptGrant, 'attemptId'>): boolean;
  /** Slots nobody uses. */
  freeSlots(): number;
  /** How many slots of so many attempts that are just being reported can be used again; fewer when there are too many. */
  slotsAfter(ended: number): number;
  /** Calls `listener` whenever a slot becomes free. */
  onFree(listener: () => void): void;
}

/** A grant is sent again after the lease time; so many attempts don't end within it. */
const REMEMBERED = 1_000;

/** Creates a roster with so many slots. */
export function createRoster(slots: number): Roster {
  const runners = new Map<string, AttemptRunner>();
  const done = new Set<string>();
  const listeners: (() => void)[] = [];
  // What was reported only has its folder deleted: it needs no slot any more.
  const countActive = (): number => [...runners.values()].filter(({ isReported }) => !isReported()).length;
  const leave = ({ attemptId }: AttemptRunner): void => {
    runners.delete(attemptId);
    done.add(attemptId);
    const [oldest] = done;
    if (done.size > REMEMBERED && oldest !== undefined) done.delete(oldest);
    for (const listener of listeners) listener();
  };
  return {
    slots,
    add: (runner) => {
      runners.set(runner.attemptId, runner);
      void runner.done.then(() => leave(runner));
    },
    find: (attemptId) => runners.get(attemptId),
    list: () => [...runners.values()],
    knows: ({ attemptId }) => runners.has(attemptId) || done.has(attemptId),
    freeSlots: () => Math.max(0, slots - countActive()),
    slotsAfter: (ended) => Math.max(0, Math.min(ended, slots - countActive() + ended)),
    onFree: (listener) => listeners.push(listener),
  };
}
