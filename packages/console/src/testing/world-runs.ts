// Single runs, one for each thing that can become of a run.
import type { AttemptView, RunDetail, TaskView } from '@towpath/api';
import type { TaskState } from '@towpath/core';
import { attemptOf, HOSTILE_NAMES, resultOf, runOf, taskOf } from './fixtures.ts';

const MINUTE = 60_000;

const TABLES = ['customer', 'orders', 'products'] as const;

/** All three tables loaded; with two quarantined rows when asked for. */
export function goodRun(number: number, createdAgoMs: number, isQuarantining: boolean): RunDetail {
  const tasks = TABLES.map((table, index) =>
    taskOf(
      `ingest-dbo-${table}`,
      'succeeded',
      [],
      [
        attemptOf({
          id: number * 100 + index,
          taskId: `ingest-dbo-${table}`,
          state: 'succeeded',
          grantedAgoMs: createdAgoMs - 60,
          executedMs: 900 + index * 620,
          result: resultOf(`dbo_${table}`, 12 + index * 9, isQuarantining && index === 1 ? 2 : 0),
        }),
      ],
    ),
  );
  return runOf({ number, state: 'succeeded', createdAgoMs, tookMs: 2600 + ((number * 37) % 900), tasks });
}

/** One table failed twice; the others are in. */
export function failedRun(number: number): RunDetail {
  const createdAgoMs = 6 * MINUTE;
  const [customer, , products] = goodRun(number, createdAgoMs, false).tasks;
  const taskId = 'ingest-dbo-orders';
  const failed = { taskId, state: 'failed', exitCode: 1, reasonCode: 'EXIT_CODE' } as const;
  const orders = taskOf(
    taskId,
    'failed',
    [],
    [
      attemptOf({
        ...failed,
        id: number * 100 + 10,
        grantedAgoMs: createdAgoMs - 60,
        executedMs: 1800,
        reason: 'The process exited with code 1.',
      }),
      attemptOf({
        ...failed,
        id: number * 100 + 11,
        number: 2,
        grantedAgoMs: createdAgoMs - 7000,
        executedMs: 2100,
        reason: 'The process exited with code 1.',
      }),
    ],
  );
  const tasks = [customer, orders, products].filter((task) => task !== undefined);
  return runOf({ number, state: 'failed', createdAgoMs, tookMs: 9300, tasks });
}

/** One table is in, one is going, one waits for its turn. */
export function runningRun(number: number): RunDetail {
  const createdAgoMs = 4200;
  const [customer] = goodRun(number, createdAgoMs, false).tasks;
  const tasks = [
    customer,
    taskOf(
      'ingest-dbo-orders',
      'running',
      [],
      [
        attemptOf({
          id: number * 100 + 20,
          taskId: 'ingest-dbo-orders',
          state: 'running',
          grantedAgoMs: 4100,
          executedMs: 0,
        }),
      ],
    ),
    taskOf('ingest-dbo-products', 'ready', [], []),
  ].filter((task) => task !== undefined);
  return runOf({ number, state: 'running', createdAgoMs, tookMs: 0, tasks });
}

/** Its agent is silent. */
export function uncertainRun(number: number): RunDetail {
  const tasks = [
    taskOf(
      'ingest-dbo-orders',
      'running',
      [],
      [
        attemptOf({
          id: number * 100,
          taskId: 'ingest-dbo-orders',
          state: 'uncertain',
          grantedAgoMs: 7 * MINUTE,
          executedMs: 0,
        }),
      ],
    ),
  ];
  return runOf({ number, state: 'running', createdAgoMs: 7 * MINUTE + 300, tookMs: 0, tasks });
}

/** Every name and text is as bad as it gets. */
export function hostileRun(number: number): RunDetail {
  const tasks = HOSTILE_NAMES.map((name, index) =>
    taskOf(name, index === 4 ? 'upstream_failed' : 'failed', index === 4 ? [HOSTILE_NAMES[0]] : [], [
      ...(index === 4
        ? []
        : [
            attemptOf({
              id: number * 100 + index,
              taskId: name,
              state: 'failed',
              grantedAgoMs: 30 * MINUTE,
              executedMs: 1000,
              exitCode: 78,
              reasonCode: 'EXIT_CODE',
              reason: `${name} ${'said something long '.repeat(20)}`,
              result: { html: name, nested: { deep: [1, 2, { deeper: name }] } },
            }),
          ]),
    ]),
  );
  return runOf({
    number,
    pipeline: HOSTILE_NAMES[4],
    state: 'failed',
    createdAgoMs: 31 * MINUTE,
    tookMs: 62_000,
    tasks,
  });
}

/** A process was lost, and what depends on it was not started. */
export function erroredRun(number: number): RunDetail {
  const lost = {
    taskId: 'ingest-dbo-orders',
    state: 'errored',
    reasonCode: 'SHIM_LOST',
    reason: 'The shim ended without a word.',
  } as const;
  const tasks = [
    taskOf(
      'ingest-dbo-orders',
      'errored',
      [],
      [attemptOf({ ...lost, id: number * 100, grantedAgoMs: 60 * MINUTE, executedMs: 245_000 })],
    ),
    taskOf('publish', 'upstream_failed', ['ingest-dbo-orders'], []),
  ];
  return runOf({ number, state: 'failed', createdAgoMs: 61 * MINUTE, tookMs: 305_000, tasks });
}

/** Cancelled after its first table. */
export function cancelledRun(number: number): RunDetail {
  const [customer] = goodRun(number, 90 * MINUTE, false).tasks;
  const tasks = [
    customer,
    taskOf('ingest-dbo-orders', 'cancelled', [], []),
    taskOf('ingest-dbo-products', 'cancelled', [], []),
  ];
  return runOf({
    number,
    state: 'cancelled',
    createdAgoMs: 90 * MINUTE,
    tookMs: 1400,
    tasks: tasks.filter((task) => task !== undefined),
  });
}

/** Layers of ten tasks; each waits for two of the layer before. */
export function wideRun(number: number, taskCount: number): RunDetail {
  const tasks = Array.from({ length: taskCount }, (_, index) => wideTask(number, index));
  return runOf({
    number,
    pipeline: 'warehouse-01-nightly',
    state: 'running',
    createdAgoMs: WIDE_AGO_MS,
    tookMs: 0,
    tasks,
  });
}

const WIDE_AGO_MS = 10 * MINUTE;

function wideTask(runNumber: number, index: number): TaskView {
  const layer = Math.floor(index / 10);
  const state = stateInWideRun(index, layer);
  const upstream = layer === 0 ? [] : [`t${index - 10}`, `t${layer * 10 - 10 + ((index * 3) % 10)}`];
  return taskOf(`t${index}`, state, [...new Set(upstream)], state === 'waiting' ? [] : [wideAttempt(runNumber, index)]);
}

function wideAttempt(runNumber: number, index: number): AttemptView {
  const layer = Math.floor(index / 10);
  const state = stateInWideRun(index, layer);
  return attemptOf({
    id: runNumber * 1000 + index,
    taskId: `t${index}`,
    state: state === 'failed' || state === 'running' ? state : 'succeeded',
    grantedAgoMs: WIDE_AGO_MS - 100 - layer * 40_000 - (index % 10) * 700,
    executedMs: 20_000 + ((index * 1713) % 18_000),
    exitCode: state === 'failed' ? 1 : null,
    result: state === 'succeeded' ? resultOf(`part_${index}`, 100_000 + index * 37, index % 50 === 0 ? 3 : 0) : null,
  });
}

function stateInWideRun(index: number, layer: number): TaskState {
  if (index === 77) return 'failed';
  if (layer < 12) return 'succeeded';
  return layer < 13 ? 'running' : 'waiting';
}
