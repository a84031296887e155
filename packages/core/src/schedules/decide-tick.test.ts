import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATCH_UP_POLICIES, OVERLAP_POLICIES } from '../graph/graph.ts';
import { decideTick, type SlotDecision, type TickFacts, type TickPolicy } from './decide-tick.ts';

const MINUTE = 60_000;
/** Now is minute 100; slots are named by their minute. */
const NOW = 100 * MINUTE + 5;

const POLICY: TickPolicy = { overlap: 'forbid', catchUp: 'latest', maxCatchUp: 3, startDeadlineSeconds: null };

interface Situation extends Partial<TickPolicy> {
  readonly due?: readonly number[];
  readonly queued?: readonly number[];
  readonly live?: boolean;
}

function decide({ due = [], queued = [], live = false, ...policy }: Situation) {
  const toMs = (minutes: readonly number[]) => minutes.map((minute) => minute * MINUTE);
  const facts: TickFacts = {
    policy: { ...POLICY, ...policy },
    due: { slots: toMs(due), older: null },
    queued: toMs(queued),
    hasLiveRun: live,
  };
  const { slots, cancelsLiveRun } = decideTick(facts, NOW);
  const told = slots.map(({ slotAtMs, outcome, reason }) =>
    [slotAtMs / MINUTE, outcome, reason].filter(Boolean).join(' '),
  );
  return { slots: told.sort(), cancelsLiveRun };
}

describe('a slot that comes', () => {
  it.each<[string, Situation, string[], boolean]>([
    ['starts when nothing runs', { due: [100] }, ['100 planned'], false],
    ['forbid: is skipped while a run lasts', { due: [100], live: true }, ['100 skipped RUN_NOT_ENDED'], false],
    ['queue: waits while a run lasts', { overlap: 'queue', due: [100], live: true }, ['100 queued'], false],
    [
      'queue: waits behind those before it',
      { overlap: 'queue', due: [100], queued: [98, 99] },
      ['100 queued', '98 planned'],
      false,
    ],
    ['replace: cancels the run before', { overlap: 'replace', due: [100], live: true }, ['100 queued'], true],
    [
      'replace: takes the place of one that waits',
      { overlap: 'replace', due: [100], queued: [99], live: true },
      ['100 queued', '99 skipped SUPERSEDED'],
      true,
    ],
    [
      'replace: takes the place of one that was about to start',
      { overlap: 'replace', due: [100], queued: [99] },
      ['100 planned', '99 skipped SUPERSEDED'],
      false,
    ],
  ])('%s', (_, situation, slots, cancelsLiveRun) => {
    expect(decide(situation)).toEqual({ slots, cancelsLiveRun });
  });
});

describe('a run has ended', () => {
  it.each<[string, Situation, string[]]>([
    ['nothing waits: nothing happens', {}, []],
    ['the oldest slot that waits starts', { overlap: 'queue', queued: [97, 98] }, ['97 planned']],
    ['replace: the one that waits starts', { overlap: 'replace', queued: [99] }, ['99 planned']],
    ['another run lasts: it waits on', { overlap: 'queue', queued: [97], live: true }, []],
    [
      'what waited beyond its deadline is missed, the next one starts',
      { overlap: 'queue', queued: [90, 99], startDeadlineSeconds: 120 },
      ['90 missed DEADLINE_PASSED', '99 planned'],
    ],
  ])('%s', (_, situation, slots) => {
    expect(decide(situation).slots).toEqual(slots);
  });
});

describe('somebody was away', () => {
  const due = [95, 96, 97, 98, 99];
  const lost = (slots: readonly number[]) => slots.map((slot) => `${slot} missed NOBODY_TICKED`);
  it.each<[string, Situation, string[]]>([
    ['none: nothing is caught up', { catchUp: 'none', due }, lost(due)],
    [
      'none: a slot of this minute is in time',
      { catchUp: 'none', due: [98, 99, 100] },
      ['100 planned', ...lost([98, 99])],
    ],
    ['latest: the last one runs', { due }, [...lost([95, 96, 97, 98]), '99 planned']],
    ['latest, forbid: unless a run lasts', { due: [98, 99], live: true }, [...lost([98]), '99 skipped RUN_NOT_ENDED']],
    [
      'all: so many run, one after the other',
      { catchUp: 'all', due },
      [...lost([95, 96]), '97 planned', '98 queued', '99 queued'],
    ],
    [
      'all, forbid: also behind a run that lasts',
      { catchUp: 'all', due: [98, 99], live: true },
      ['98 queued', '99 queued'],
    ],
    ['all: what is in time queues behind', { catchUp: 'all', due: [99, 100] }, ['100 queued', '99 planned']],
    [
      'all, forbid: in time and alone it is skipped',
      { catchUp: 'all', due: [100], queued: [99], live: true },
      ['100 skipped RUN_NOT_ENDED'],
    ],
    [
      'a deadline ends catching up',
      { catchUp: 'all', due: [97, 98, 99], startDeadlineSeconds: 90 },
      ['97 missed DEADLINE_PASSED', '98 missed DEADLINE_PASSED', '99 planned'],
    ],
    ['latest: a deadline may leave nothing', { due: [95], startDeadlineSeconds: 60 }, ['95 missed DEADLINE_PASSED']],
  ])('%s', (_, situation, slots) => {
    expect(decide(situation).slots).toEqual(slots.sort());
  });

  it('what is too old to be told apart is missed as a whole', () => {
    const due = { slots: [99 * MINUTE], older: { fromMs: MINUTE, untilMs: 98 * MINUTE } };
    expect(decideTick({ policy: POLICY, due, queued: [], hasLiveRun: false }, NOW).slots[0]).toEqual({
      slotAtMs: MINUTE,
      untilAtMs: 98 * MINUTE,
      outcome: 'missed',
      reason: 'NOBODY_TICKED',
    });
  });
});

const policies = fc.record({
  overlap: fc.constantFrom(...(Object.keys(OVERLAP_POLICIES) as (keyof typeof OVERLAP_POLICIES)[])),
  catchUp: fc.constantFrom(...(Object.keys(CATCH_UP_POLICIES) as (keyof typeof CATCH_UP_POLICIES)[])),
  maxCatchUp: fc.integer({ min: 1, max: 4 }),
  startDeadlineSeconds: fc.option(fc.constantFrom(30, 150, 600), { nil: null }),
});
/** Minutes that pass before somebody looks, or the end of the run. */
const moves = fc.array(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant('end' as const)), { maxLength: 40 });

/** A schedule of each minute as a server would keep it. */
class Model {
  nowMs = 0;
  live: number | undefined;
  readonly outcomes = new Map<number, SlotDecision['outcome']>();
  readonly started: number[] = [];
  readonly policy: TickPolicy;

  constructor(policy: TickPolicy) {
    this.policy = policy;
  }

  look(due: readonly number[]): void {
    const queued = [...this.outcomes].flatMap(([slot, outcome]) => (outcome === 'queued' ? [slot] : []));
    const facts = {
      policy: this.policy,
      due: { slots: due, older: null },
      queued,
      hasLiveRun: this.live !== undefined,
    };
    const { slots, cancelsLiveRun } = decideTick(facts, this.nowMs);
    for (const slot of due) expect(slots.filter(({ slotAtMs }) => slotAtMs === slot)).toHaveLength(1);
    for (const { slotAtMs, outcome } of slots) this.note(slotAtMs, outcome);
    if (cancelsLiveRun) expect(this.live).toBeDefined();
    if (cancelsLiveRun) this.live = undefined;
    if (cancelsLiveRun) this.look([]);
  }

  private note(slot: number, outcome: SlotDecision['outcome']): void {
    expect([undefined, 'queued']).toContain(this.outcomes.get(slot));
    this.outcomes.set(slot, outcome);
    if (outcome !== 'planned') return;
    expect(this.live).toBeUndefined();
    this.live = slot;
    this.started.push(slot);
  }
}

it('whatever happens: each slot has one outcome, runs follow each other in the order of their slots, nothing waits for nothing', () => {
  fc.assert(
    fc.property(policies, moves, (policy, steps) => {
      const model = new Model(policy);
      let seen = 0;
      for (const step of steps) {
        if (step === 'end') model.live = undefined;
        else model.nowMs += step * MINUTE;
        const due: number[] = [];
        while (step !== 'end' && (seen + 1) * MINUTE <= model.nowMs) due.push(++seen * MINUTE);
        model.look(due);
        if (model.live === undefined) expect([...model.outcomes.values()]).not.toContain('queued');
      }
      expect(model.outcomes.size).toBe(seen);
      expect(model.started).toEqual([...model.started].sort((a, b) => a - b));
    }),
  );
});

it('a deadline is kept: nothing starts later than it allows', () => {
  fc.assert(
    fc.property(policies, fc.array(fc.nat(100), { maxLength: 20 }), fc.boolean(), (policy, minutes, hasLiveRun) => {
      const all = [...new Set(minutes)].sort((a, b) => a - b).map((minute) => minute * MINUTE);
      const [queued, slots] = [all.slice(0, all.length / 2), all.slice(all.length / 2)];
      const decision = decideTick({ policy, due: { slots, older: null }, queued, hasLiveRun }, NOW);
      const limit = policy.startDeadlineSeconds;
      for (const { slotAtMs, outcome } of decision.slots)
        if (limit !== null && outcome === 'planned') expect(NOW - slotAtMs).toBeLessThanOrEqual(limit * 1000);
      expect(decision.slots.filter(({ outcome }) => outcome === 'planned').length).toBeLessThanOrEqual(
        hasLiveRun ? 0 : 1,
      );
    }),
  );
});
