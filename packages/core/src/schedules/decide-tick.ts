// What becomes of the slots of a schedule when somebody looks: at each tick, and whenever a run of it has ended.
import type { ScheduleDefinition } from '../graph/graph.ts';
import type { DueSlots } from './list-slots.ts';
import type { SlotReason } from './slot-outcomes.ts';

/** The part of a schedule that decides. */
export type TickPolicy = Pick<ScheduleDefinition, 'overlap' | 'catchUp' | 'maxCatchUp' | 'startDeadlineSeconds'>;

/** What is known when it is decided. */
export interface TickFacts {
  readonly policy: TickPolicy;
  /** Have come and have no outcome yet. */
  readonly due: DueSlots;
  /** Wait for the end of a run, growing; all before those that are due. */
  readonly queued: readonly number[];
  /** A run of the schedule has not ended. There is at most one. */
  readonly hasLiveRun: boolean;
}

/** The outcome of one slot, or of all slots from `slotAtMs` until `untilAtMs`. */
export type SlotDecision = { readonly slotAtMs: number; readonly untilAtMs: number | null } & (
  | { readonly outcome: 'planned' | 'queued'; readonly reason: null }
  | { readonly outcome: 'skipped' | 'missed'; readonly reason: SlotReason }
);

/** At most one slot is planned: a schedule never has two runs at once. */
export interface TickDecision {
  readonly slots: readonly SlotDecision[];
  /** The live run makes room for a newer slot. */
  readonly cancelsLiveRun: boolean;
}

/** A slot that is younger was met in time; one that is older passed while nobody could tick. */
export const ON_TIME_SECONDS = 60;
/** A queue this long will never be worked off; what comes then is skipped, and says so. */
export const MAX_QUEUED_SLOTS = 1000;

/** Decides each due slot, and the queued ones whose time has come. Every due slot gets exactly one outcome. */
export function decideTick(facts: TickFacts, nowMs: number): TickDecision {
  const { policy, due, queued } = facts;
  const isExpired = (slot: number) =>
    policy.startDeadlineSeconds !== null && nowMs - slot > policy.startDeadlineSeconds * 1000;
  const chosen = chooseByCatchUp(policy, due.slots, nowMs);
  const missed = due.slots.filter((slot) => !chosen.includes(slot));
  const candidates = [...queued, ...chosen];
  const startable = {
    queued: queued.filter((slot) => !isExpired(slot)),
    due: chosen.filter((slot) => !isExpired(slot)),
  };
  const placed =
    policy.overlap === 'replace'
      ? replaceOlder([...startable.queued, ...startable.due], facts)
      : placeInOrder(startable, facts, isBacklog(policy, due.slots, nowMs));
  return {
    cancelsLiveRun: placed.cancelsLiveRun,
    slots: [
      ...(due.older ? [{ ...end(due.older.fromMs, 'missed', 'NOBODY_TICKED'), untilAtMs: due.older.untilMs }] : []),
      ...missed.map((slot) => end(slot, 'missed', 'NOBODY_TICKED')),
      ...candidates.filter(isExpired).map((slot) => end(slot, 'missed', 'DEADLINE_PASSED')),
      ...placed.slots,
    ],
  };
}

function chooseByCatchUp(
  { catchUp, maxCatchUp }: TickPolicy,
  due: readonly number[],
  nowMs: number,
): readonly number[] {
  switch (catchUp) {
    case 'none':
      return due.filter((slot) => isOnTime(slot, nowMs));
    case 'latest':
      return due.slice(-1);
    case 'all':
      return due.slice(-maxCatchUp);
    default:
      return catchUp satisfies never;
  }
}

function isOnTime(slot: number, nowMs: number): boolean {
  return nowMs - slot < ON_TIME_SECONDS * 1000;
}

// With `catchUp: 'all'` what was missed runs one after the other, and what came meanwhile after it, whatever the overlap.
function isBacklog({ catchUp }: TickPolicy, due: readonly number[], nowMs: number): boolean {
  return catchUp === 'all' && due.some((slot) => !isOnTime(slot, nowMs));
}

interface Startable {
  readonly queued: readonly number[];
  readonly due: readonly number[];
}

/** forbid and queue: the oldest slot starts when nothing runs, later ones wait behind it or are skipped. */
function placeInOrder({ queued, due }: Startable, facts: TickFacts, isCatchingUp: boolean): TickDecision {
  const isWaiting = facts.policy.overlap === 'queue' || isCatchingUp;
  const [first] = [...queued, ...due];
  const starting = facts.hasLiveRun ? undefined : first;
  const stillQueued = queued.filter((slot) => slot !== starting);
  const room = isWaiting ? Math.max(MAX_QUEUED_SLOTS - stillQueued.length, 0) : 0;
  const others = due.filter((slot) => slot !== starting);
  return {
    cancelsLiveRun: false,
    slots: [
      ...(starting === undefined ? [] : [wait(starting, 'planned')]),
      ...others.slice(0, room).map((slot) => wait(slot, 'queued')),
      ...others.slice(room).map((slot) => end(slot, 'skipped', isWaiting ? 'QUEUE_FULL' : 'RUN_NOT_ENDED')),
    ],
  };
}

/** replace: only the newest slot counts; a run that is still there is cancelled for it. */
function replaceOlder(startable: readonly number[], { hasLiveRun, queued }: TickFacts): TickDecision {
  const newest = startable.at(-1);
  if (newest === undefined) return { slots: [], cancelsLiveRun: false };
  const older = startable.slice(0, -1).map((slot) => end(slot, 'skipped', 'SUPERSEDED'));
  if (!hasLiveRun) return { slots: [...older, wait(newest, 'planned')], cancelsLiveRun: false };
  const isNew = !queued.includes(newest);
  return { slots: isNew ? [...older, wait(newest, 'queued')] : older, cancelsLiveRun: isNew };
}

function wait(slotAtMs: number, outcome: 'planned' | 'queued'): SlotDecision {
  return { slotAtMs, untilAtMs: null, outcome, reason: null };
}

function end(slotAtMs: number, outcome: 'skipped' | 'missed', reason: SlotReason): SlotDecision {
  return { slotAtMs, untilAtMs: null, outcome, reason };
}
