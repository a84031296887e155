import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TriggerRule } from '../graph/graph.ts';
import { type EndedTask, planRerun } from './plan-rerun.ts';
import type { TaskState } from './task-states.ts';

function ended(id: string, state: TaskState, dependsOn: readonly string[] = [], rule: TriggerRule = 'all_succeeded') {
  return { id, state, dependsOn, rule };
}

function planStates(tasks: readonly EndedTask[], chosen?: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    planRerun(tasks, chosen).map(({ taskId, state, isReused }) => [taskId, isReused ? 'reused' : state]),
  );
}

describe('planRerun', () => {
  it('repeats what did not succeed and reuses the rest', () => {
    const tasks = [ended('a', 'succeeded'), ended('b', 'failed', ['a']), ended('c', 'upstream_failed', ['b'])];
    expect(planStates(tasks)).toEqual({ a: 'reused', b: 'ready', c: 'waiting' });
  });

  it('repeats a clean-up that ran because of the failure, and an alarm behind it', () => {
    const tasks = [
      ended('load', 'errored'),
      ended('alarm', 'succeeded', ['load'], 'one_failed'),
      ended('clean', 'succeeded', ['load', 'alarm'], 'all_done'),
    ];
    expect(planStates(tasks)).toEqual({ load: 'ready', alarm: 'waiting', clean: 'waiting' });
  });

  it('keeps what was skipped, and repeats nothing when all ended well', () => {
    const tasks = [ended('load', 'succeeded'), ended('alarm', 'skipped', ['load'], 'one_failed')];
    expect(planStates(tasks)).toEqual({ load: 'reused', alarm: 'skipped' });
  });

  it('repeats a chosen task with all that lies behind it', () => {
    const tasks = [
      ended('a', 'succeeded'),
      ended('b', 'succeeded', ['a']),
      ended('c', 'succeeded', ['b']),
      ended('d', 'succeeded', ['a']),
    ];
    expect(planStates(tasks, ['b'])).toEqual({ a: 'reused', b: 'ready', c: 'waiting', d: 'reused' });
  });

  it('skips a chosen alarm for which nothing failed, and what would wait for it alone', () => {
    const tasks = [
      ended('load', 'succeeded'),
      ended('alarm', 'skipped', ['load'], 'one_failed'),
      ended('call', 'skipped', ['alarm']),
    ];
    expect(planStates(tasks, ['alarm'])).toEqual({ load: 'reused', alarm: 'skipped', call: 'skipped' });
  });

  it('counts only what is repeated, each upstream once', () => {
    const tasks = [ended('a', 'succeeded'), ended('b', 'failed'), ended('c', 'upstream_failed', ['a', 'b', 'b'])];
    expect(planRerun(tasks)[2]).toEqual({
      taskId: 'c',
      state: 'waiting',
      waitingOn: 1,
      upstreamsSkipped: 0,
      isReused: false,
    });
  });

  const ENDS: readonly TaskState[] = ['succeeded', 'failed', 'errored', 'upstream_failed', 'skipped', 'cancelled'];
  const histories = fc
    .array(
      fc.record({
        state: fc.constantFrom(...ENDS),
        rule: fc.constantFrom<TriggerRule>('all_succeeded', 'all_done', 'one_failed'),
        upstreams: fc.array(fc.nat(30), { maxLength: 3 }),
        isChosen: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((raw) =>
      raw.map(({ upstreams, ...task }, at) => ({
        ...task,
        id: `t${at}`,
        dependsOn: at === 0 ? [] : upstreams.map((upstream) => `t${upstream % at}`),
      })),
    );

  it('whatever is chosen: failures and choices begin anew with all behind them, the rest stays, counters are true', () => {
    fc.assert(
      fc.property(histories, (tasks) => {
        const chosen = tasks.filter(({ isChosen }) => isChosen).map(({ id }) => id);
        const planned = new Map(planRerun(tasks, chosen).map((task) => [task.taskId, task]));
        expect([...planned.keys()]).toEqual(tasks.map(({ id }) => id));
        const repeated = new Set<string>();
        for (const { id, state, isChosen, dependsOn } of tasks) {
          const isBehind = dependsOn.some((upstream) => repeated.has(upstream));
          if (isChosen || isBehind || (state !== 'succeeded' && state !== 'skipped')) repeated.add(id);
          const plan = planned.get(id);
          expect(plan?.isReused).toBe(!repeated.has(id) && state === 'succeeded');
          if (!repeated.has(id)) expect(plan?.state).toBe(state);
          const upstreams = [...new Set(dependsOn)].map((upstream) => planned.get(upstream)?.state);
          const open = upstreams.filter((upstream) => upstream === 'ready' || upstream === 'waiting').length;
          if (repeated.has(id)) expect(plan?.waitingOn).toBe(open);
          // What waits, waits for something; what is ready waits for nothing.
          if (plan?.state === 'waiting') expect(open).toBeGreaterThan(0);
          if (plan?.state === 'ready') expect(open).toBe(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('plans a chain of ten thousand', () => {
    const tasks = Array.from({ length: 10_000 }, (_, at) => ended(`t${at}`, 'failed', at === 0 ? [] : [`t${at - 1}`]));
    const states = planRerun(tasks).map(({ state }) => state);
    expect(states.filter((state) => state === 'waiting')).toHaveLength(9_999);
  });
});
