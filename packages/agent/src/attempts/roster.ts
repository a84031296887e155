// The attempts this agent holds at this moment, and how many more it can take.
import type { AttemptGrant } from '@towpath/api';
import type { AttemptRunner } from './attempt-runner.ts';

export interface Roster {
  /** Adds a runner; it leaves by itself when it is done. */
  add(runner: AttemptRunner): void;
  find(attemptId: string): AttemptRunner | undefined;
  list(): readonly AttemptRunner[];
  /** True for an attempt that is held, or was done a moment ago: a grant that was sent twice. */
  knows(grant: Pick<AttemptGrant, 'attemptId'>): boolean;
  /** Slots nobody uses. */
  freeSlots(): number;
  /** 1 when the slot of an attempt that is just being reported can be used again, 0 when there are too many already. */
  slotsAfterOne(): number;
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
  const leave = ({ attemptId }: AttemptRunner): void => {
    runners.delete(attemptId);
    done.add(attemptId);
    const [oldest] = done;
    if (done.size > REMEMBERED && oldest !== undefined) done.delete(oldest);
    for (const listener of listeners) listener();
  };
  return {
    add: (runner) => {
      runners.set(runner.attemptId, runner);
      void runner.done.then(() => leave(runner));
    },
    find: (attemptId) => runners.get(attemptId),
    list: () => [...runners.values()],
    knows: ({ attemptId }) => runners.has(attemptId) || done.has(attemptId),
    freeSlots: () => Math.max(0, slots - runners.size),
    slotsAfterOne: () => (runners.size <= slots ? 1 : 0),
    onFree: (listener) => listeners.push(listener),
  };
}
