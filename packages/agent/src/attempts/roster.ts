// The attempts this agent holds at this moment, and how many more it can take.
import { type AttemptGrant, MAX_ATTEMPTS_A_REQUEST } from '@towpath/api';
import type { AttemptRunner } from './attempt-runner.ts';
import { type Asked, createPrefetch, type Prefetch } from './prefetch.ts';

export interface Roster {
  /** Attempts at a time. */
  readonly slots: number;
  /** How many may be held beyond the slots. */
  readonly prefetch: Prefetch;
  /** Adds a runner; it leaves by itself when it is done. */
  add(runner: AttemptRunner): void;
  find(attemptId: string): AttemptRunner | undefined;
  list(): readonly AttemptRunner[];
  /** True for an attempt that is held, or was done a moment ago: a grant that was sent twice. */
  knows(grant: Pick<AttemptGrant, 'attemptId'>): boolean;
  /** Slots nobody uses. */
  freeSlots(): number;
  /** What can be taken now; nothing when no slot is free. */
  askNow(): Asked;
  /** What can be taken when so many that are just being reported have gone; less when there are too many. */
  askAfter(ended: number): Asked;
  /** Frees the slots of attempts whose ends the server has accepted, lets `start` use them, and tells of what stays free. */
  exchange(reportedIds: readonly string[], start: () => void): void;
  /** Calls `listener` whenever a slot becomes free. */
  onFree(listener: () => void): void;
}

/** A grant is sent again after the lease time; so many attempts don't end within it. */
const REMEMBERED = 1_000;

/** `free` is negative where more is held than there are slots. */
function toAsked(free: number, beyond: number): Asked {
  const slots = toRequest(free + beyond);
  return { slots, ahead: Math.max(0, slots - Math.max(0, free)) };
}

/** As many as one request may ask for. */
function toRequest(count: number): number {
  return Math.max(0, Math.min(count, MAX_ATTEMPTS_A_REQUEST));
}

/** Creates a roster with so many slots. */
export function createRoster(slots: number): Roster {
  const prefetch = createPrefetch(slots);
  const runners = new Map<string, AttemptRunner>();
  const done = new Set<string>();
  const listeners: (() => void)[] = [];
  // What was reported only has its folder deleted: it needs no slot any more. Known from the moment of the reply: the next
  // report may be sent before the runners have heard.
  const reported = new Set<string>();
  const countActive = (): number => runners.size - reported.size;
  const tellFree = (): void => {
    for (const listener of listeners) listener();
  };
  const leave = ({ attemptId }: AttemptRunner): void => {
    runners.delete(attemptId);
    reported.delete(attemptId);
    done.add(attemptId);
    const [oldest] = done;
    if (done.size > REMEMBERED && oldest !== undefined) done.delete(oldest);
    tellFree();
  };
  return {
    slots,
    prefetch,
    add: (runner) => {
      runners.set(runner.attemptId, runner);
      void runner.done.then(() => leave(runner));
    },
    find: (attemptId) => runners.get(attemptId),
    list: () => [...runners.values()],
    knows: ({ attemptId }) => runners.has(attemptId) || done.has(attemptId),
    freeSlots: () => toRequest(slots - countActive()),
    askNow: () => (countActive() < slots ? toAsked(slots - countActive(), prefetch.count()) : toAsked(0, 0)),
    askAfter: (ended) => toAsked(Math.min(ended, slots - countActive() + ended), prefetch.count()),
    exchange: (reportedIds, start) => {
      for (const id of reportedIds) if (runners.has(id)) reported.add(id);
      start();
      if (reportedIds.length > 0) tellFree();
    },
    onFree: (listener) => listeners.push(listener),
  };
}
