// Where attempts wait that were granted ahead of a free slot: each begins as soon as one before it has ended here. What would wait for
// long, is cancelled, or is held by an agent that closes, goes back to the server unbegun.
//
//   waiting ──a slot──▶ begun
//      └──too long, cancelled, closed──▶ returning ──▶ gone
//                                            └──the server takes it for begun──▶ kept ──a slot──▶ begun
//   waiting or kept for seconds when its turn comes: asked first, since it may have been given up meanwhile
import type { HeldAttempt } from '../executors/executor.ts';
import { untilAborted } from '../session/until-aborted.ts';
import type { ReportSubject } from './attempt-reports.ts';
import type { Prefetch } from './prefetch.ts';

/** It was given back before it began: nothing of it is here, and nobody waits for its end. */
export class AttemptGivenBack extends Error {}

export interface QueueOptions {
  /** Attempts at a time. */
  readonly slots: number;
  readonly prefetch: Prefetch;
  /** Tells the server that these never began; resolves with those that have to be run all the same. */
  giveBack(attempts: readonly Unbegun[]): Promise<readonly string[]>;
  readonly log: (line: string) => void;
}

/** An attempt that nothing was started of. */
export type Unbegun = Pick<ReportSubject, 'attemptId' | 'epoch'>;

export interface AttemptQueue {
  /**
   * Begins it when it is its turn. Rejects with the subject's reason when its signal fires while it waits.
   *
   * @throws AttemptGivenBack
   */
  inTurn(subject: ReportSubject, begin: () => Promise<HeldAttempt>): Promise<HeldAttempt>;
  /** Takes a slot for what runs already, whether there is one or not. */
  adopt(attemptId: string, begin: () => Promise<HeldAttempt>): Promise<HeldAttempt>;
  /** Nobody wants it any more: gives it back if it waits; if that is not taken, it begins at once, to be ended. */
  cancel(attemptId: string): void;
  /** Nothing more happens to it here, however it went: its slot is another's. */
  leave(attemptId: string): void;
  hasWaiting(): boolean;
  /** Gives back all that waits; resolves when the server has answered. */
  clear(): Promise<void>;
}

interface Waiting extends Unbegun {
  readonly turn: PromiseWithResolvers<void>;
  timer: NodeJS.Timeout | undefined;
  /** When the server was last heard about it. */
  sinceMs: number;
  state: 'waiting' | 'returning' | 'kept' | 'taken';
  isCancelled: boolean;
}

/** What was to begin within a fifth of it and has not: others may have room for it. */
const GIVE_BACK_AFTER_MS = 500;
/** What the server kept for us is offered again: it may be another's meanwhile. */
const OFFER_AGAIN_AFTER_MS = 30_000;
/** By the wall clock, which goes on while this process does not: what waited so long may have been given up, so we ask first. */
const STALE_AFTER_MS = 2_000;

interface QueueState extends QueueOptions {
  readonly queue: Waiting[];
  /** Attempts that have a slot. */
  readonly running: Set<string>;
}

/** Creates an empty queue. */
export function createAttemptQueue(options: QueueOptions): AttemptQueue {
  const state: QueueState = { ...options, queue: [], running: new Set() };
  return {
    inTurn: async (subject, begin) => {
      await waitForTurn(state, subject);
      const sinceMs = performance.now();
      const noteEnd = (): void => state.prefetch.noteEnd(performance.now() - sinceMs);
      return await hold(state, { attemptId: subject.attemptId, begin, noteEnd });
    },
    adopt: (attemptId, begin) => {
      state.running.add(attemptId);
      return hold(state, { attemptId, begin, noteEnd: () => undefined });
    },
    cancel: (attemptId) => {
      const found = state.queue.find((one) => one.attemptId === attemptId);
      if (!found) return;
      found.isCancelled = true;
      if (found.state === 'kept') take(state, found);
      else void giveBack(state, [found]);
    },
    leave: (attemptId) => free(state, attemptId),
    hasWaiting: () => state.queue.length > 0,
    clear: () => giveBack(state, state.queue),
  };
}

/** Resolves with a slot taken. */
async function waitForTurn(state: QueueState, { attemptId, epoch, signal }: ReportSubject): Promise<void> {
  if (state.running.size < state.slots && findNext(state) === undefined) {
    state.running.add(attemptId);
    return;
  }
  const waiting: Waiting = {
    ...{ attemptId, epoch, turn: Promise.withResolvers<void>(), timer: undefined },
    ...{ sinceMs: Date.now(), state: 'waiting', isCancelled: false },
  };
  state.queue.push(waiting);
  offerAfter(state, waiting, GIVE_BACK_AFTER_MS);
  try {
    await untilAborted(waiting.turn.promise, signal);
  } catch (thrown) {
    // Stopped, perhaps in the moment in which it was its turn: the slot is another's.
    if (waiting.state === 'taken') free(state, attemptId);
    remove(state, waiting);
    throw thrown;
  }
}

interface Beginning {
  readonly attemptId: string;
  begin(): Promise<HeldAttempt>;
  noteEnd(): void;
}

/** Begins it in the slot that it has taken, which is free again when it has ended here. */
async function hold(state: QueueState, { attemptId, begin, noteEnd }: Beginning): Promise<HeldAttempt> {
  try {
    const held = await begin();
    const end = (): void => {
      noteEnd();
      free(state, attemptId);
    };
    void held.ended.then(end, end);
    return held;
  } catch (thrown) {
    free(state, attemptId);
    throw thrown;
  }
}

function free(state: QueueState, attemptId: string): void {
  if (state.running.delete(attemptId)) startNext(state);
}

function findNext({ queue }: QueueState): Waiting | undefined {
  return queue.find((one) => one.state !== 'returning');
}

function startNext(state: QueueState): void {
  while (state.running.size < state.slots) {
    const next = findNext(state);
    if (!next) return;
    if (Date.now() - next.sinceMs > STALE_AFTER_MS) void giveBackLate(state);
    else take(state, next);
  }
}

function take(state: QueueState, waiting: Waiting): void {
  remove(state, waiting);
  waiting.state = 'taken';
  state.running.add(waiting.attemptId);
  waiting.turn.resolve();
}

function remove({ queue }: QueueState, waiting: Waiting): void {
  clearTimeout(waiting.timer);
  const at = queue.indexOf(waiting);
  if (at >= 0) queue.splice(at, 1);
}

function offerAfter(state: QueueState, waiting: Waiting, afterMs: number): void {
  clearTimeout(waiting.timer);
  waiting.timer = setTimeout(() => void giveBackLate(state), afterMs).unref();
}

function giveBackLate(state: QueueState): Promise<void> {
  state.prefetch.forget();
  return giveBack(state, state.queue);
}

async function giveBack(state: QueueState, chosen: readonly Waiting[]): Promise<void> {
  const returning = chosen.filter((one) => one.state === 'waiting' || one.state === 'kept');
  if (returning.length === 0) return;
  for (const one of returning) one.state = 'returning';
  const kept = await state.giveBack(returning).catch((thrown: unknown) => {
    state.log(`unbegun attempts could not be given back: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return returning.map(({ attemptId }) => attemptId);
  });
  for (const one of returning.filter((waiting) => state.queue.includes(waiting))) settle(state, one, kept);
  startNext(state);
}

function settle(state: QueueState, waiting: Waiting, kept: readonly string[]): void {
  if (!kept.includes(waiting.attemptId)) {
    remove(state, waiting);
    waiting.turn.reject(new AttemptGivenBack());
    return;
  }
  waiting.state = 'kept';
  waiting.sinceMs = Date.now();
  if (waiting.isCancelled) take(state, waiting);
  else offerAfter(state, waiting, OFFER_AGAIN_AFTER_MS);
}

/** What a runner needs of the queue. */
export interface QueuedStart {
  hold(subject: ReportSubject): Promise<HeldAttempt>;
  onCancel(): void;
  hasBegun(): boolean;
}

/** Lets an attempt begin in its turn. What was begun once, and failed as nobody foresaw, is not unbegun any more. */
export function queueStart(queue: AttemptQueue, attemptId: string, start: () => Promise<HeldAttempt>): QueuedStart {
  let hasBegun = false;
  const begin = (): Promise<HeldAttempt> => {
    hasBegun = true;
    return start();
  };
  return {
    hold: (subject) => (hasBegun ? queue.adopt(attemptId, begin) : queue.inTurn(subject, begin)),
    onCancel: () => queue.cancel(attemptId),
    hasBegun: () => hasBegun,
  };
}
