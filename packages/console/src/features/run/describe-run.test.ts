import { describe, expect, test } from 'vitest';
import { attemptOf, resultOf, runOf, taskOf } from '../../testing/fixtures.ts';
import { brokenWorld, hugeWorld, runIdOf, typicalWorld } from '../../testing/worlds.ts';
import { describeData, describeNextStep, describeQuarantine, describeRun, pickTask } from './describe-run.ts';
import { readResult } from './read-result.ts';
import { toTimeline } from './to-timeline.ts';

function runNumber(number: number, world = typicalWorld()) {
  const run = world.runs.find(({ id }) => id === runIdOf(number));
  if (!run) throw new Error(`the world has no run ${number}`);
  return run;
}

describe('a run in words', () => {
  test('a failed run names its first failed task and how many succeeded', () => {
    const run = runNumber(41);
    expect(describeRun(run)).toBe('Failed: ingest-dbo-orders exited with 1; 2 of 3 tasks succeeded');
    expect(describeData(run)).toBe('Data incomplete: 42 rows loaded into 2 tables, none quarantined.');
    expect(describeNextStep(run)).toBe('Read the log of ingest-dbo-orders for the cause, then run again.');
    expect(pickTask(run, undefined)?.id).toBe('ingest-dbo-orders');
  });

  test('a succeeded run says that its data is complete, quarantined rows included', () => {
    expect(describeRun(runNumber(40))).toBe('Succeeded: all 3 tasks');
    expect(describeData(runNumber(35))).toContain('2 quarantined');
    expect(describeNextStep(runNumber(40))).toBeUndefined();
  });

  test('quarantined rows are told with the tasks that kept them out', () => {
    expect(describeQuarantine(runNumber(35))).toBe('2 rows quarantined: ingest-dbo-orders 2. Read, but not loaded.');
    expect(describeQuarantine(runNumber(40))).toBeUndefined();
    const tasks = [1, 2, 3, 4, 5].map((id) => {
      const result = resultOf(`t${id}`, 1000, id === 5 ? 0 : id);
      const facts = { id, taskId: `t${id}`, grantedAgoMs: 10, executedMs: 1, result } as const;
      return taskOf(`t${id}`, 'succeeded', [], [attemptOf({ ...facts, state: 'succeeded' })]);
    });
    expect(describeQuarantine(runOf({ number: 1, state: 'succeeded', createdAgoMs: 20, tookMs: 10, tasks }))).toBe(
      '10 rows quarantined: t1 1, t2 2, t3 3 and 1 other task. Read, but not loaded.',
    );
  });

  test('a failure is told while the rest still runs', () => {
    const run = runNumber(5000, hugeWorld());
    expect(describeRun(run)).toBe('Running: 10 tasks at once; 1 failed, 119 of 200 tasks succeeded');
    expect(describeNextStep(run)).toBe('Read the log of t77 for the cause while the rest goes on.');
  });

  test('a silent agent makes a run uncertain, not running', () => {
    const run = runNumber(12, brokenWorld());
    expect(describeRun(run)).toMatch(/^Uncertain: the agent of ingest-dbo-orders is silent/);
    expect(describeNextStep(run)).toMatch(/agent again/);
  });

  test('a lost process, exit code 78 and cancellation each have their words', () => {
    expect(describeRun(runNumber(10, brokenWorld()))).toContain('was lost with the process that watched it');
    expect(describeNextStep(runNumber(11, brokenWorld()))).toContain('configuration is wrong');
    expect(describeRun(runNumber(9, brokenWorld()))).toBe('Cancelled: 1 of 3 tasks succeeded before');
  });

  test('rows that were read and neither loaded nor quarantined are said', () => {
    const result = { target: 'bronze.x', rowsRead: 10, rowsLoaded: 7, rowsQuarantined: 1 };
    const attempt = attemptOf({ id: 1, taskId: 'x', state: 'succeeded', grantedAgoMs: 10, executedMs: 1, result });
    const tasks = [taskOf('x', 'succeeded', [], [attempt])];
    expect(describeData(runOf({ number: 1, state: 'succeeded', createdAgoMs: 20, tookMs: 10, tasks }))).toContain(
      '2 rows read but not accounted for',
    );
  });
});

test('a result document gives its rows; what it is not made for stays JSON', () => {
  expect(readResult(resultOf('x', 10, 3))).toEqual({
    table: { target: 'bronze.x', rowsRead: 10, rowsLoaded: 7, rowsQuarantined: 3 },
    rest: '{\n  "batchId": "5b6e4a1c0d3f2987"\n}',
  });
  expect(readResult({ target: 'x', rowsRead: '10' }).table).toBeUndefined();
  expect(readResult(['a']).rest).toBe('[\n  "a"\n]');
  expect(readResult(null)).toEqual({ table: undefined, rest: undefined });
});

test('the timeline keeps queue, start and execution apart and grows with a running task', () => {
  const run = runNumber(41);
  const { rows, lengthMs } = toTimeline(run, 0);
  const [first, second] = rows[1]?.bars ?? [];
  expect(first?.queuedMs).toBe(0);
  expect(Math.abs((first?.startedMs ?? 0) - (first?.grantedMs ?? 0) - 180)).toBeLessThan(20);
  expect(second?.queuedMs).toBe(first?.endedMs);
  expect(lengthMs).toBeGreaterThanOrEqual(second?.endedMs ?? Number.POSITIVE_INFINITY);
  const running = runNumber(42);
  const later = toTimeline(running, Date.parse(running.createdAt) + 60_000);
  expect(later.rows[1]?.bars[0]?.endedMs).toBe(60_000);
});
