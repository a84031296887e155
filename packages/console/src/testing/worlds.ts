// Whole situations a console meets.
import type { AttemptView, RunDetail, TaskView } from '@towpath/api';
import type { RunState, TaskState } from '@towpath/core';
import {
  ago,
  attemptOf,
  BROKEN_CODE,
  GOOD_CODE,
  HOSTILE_NAMES,
  LOCAL,
  pipelineOf,
  resultOf,
  runOf,
  taskOf,
  uuidOf,
  type World,
} from './fixtures.ts';

const MINUTE = 60_000;

/** A server on which nothing was ever registered. */
export function emptyWorld(): World {
  return { environments: [LOCAL], pipelines: [], codeLocations: [{ ...GOOD_CODE }], runs: [], logs: new Map() };
}

/** A morning with the example: the newest run is going, the one before failed. */
export function typicalWorld(): World {
  const runs = [
    runningRun(42),
    failedRun(41),
    ...Array.from({ length: 38 }, (_, index) => goodRun(40 - index, (20 + index * 60) * MINUTE, index % 9 === 5)),
  ];
  const logs = new Map(
    runs.flatMap(({ tasks }) =>
      tasks.flatMap(({ attempts }) => attempts.map(({ id, taskId }) => [id, logOf(taskId)] as const)),
    ),
  );
  const failed = runs[1]?.tasks[1]?.attempts ?? [];
  for (const { id } of failed) logs.set(id, FAILED_LOG);
  return {
    environments: [LOCAL],
    pipelines: [
      pipelineOf('sqlserver-bronze', 'Customer, Orders and Products from SQL Server into bronze, as they are.', runs),
    ],
    codeLocations: [{ ...GOOD_CODE }],
    runs,
    logs,
  };
}

/** 5,000 runs, a run of 200 tasks, a log of 60,000 lines. */
export function hugeWorld(): World {
  const states: readonly RunState[] = ['succeeded', 'succeeded', 'failed', 'succeeded', 'cancelled', 'succeeded'];
  const pipelines = Array.from({ length: 60 }, (_, index) => `warehouse-${String(index + 1).padStart(2, '0')}-nightly`);
  const many = Array.from({ length: 4999 }, (_, index) => {
    const number = 4999 - index;
    return runOf({
      number,
      pipeline: pipelines[number % pipelines.length] ?? '',
      state: states[number % states.length] ?? 'succeeded',
      createdAgoMs: (index + 2) * 7 * MINUTE,
      tookMs: ((number * 7919) % 400) * 1000 + 132,
      tasks: [taskOf('load', number % 6 === 2 ? 'failed' : 'succeeded', [], [])],
    });
  });
  const wide = wideRun(5000, 200);
  const runs = [wide, ...many];
  const longLog = wide.tasks.find(({ state }) => state === 'failed')?.attempts[0]?.id ?? '';
  return {
    environments: [LOCAL],
    pipelines: pipelines.map((name) =>
      pipelineOf(name, 'Loads one part of the warehouse every night.', [
        wide,
        ...many.filter((run) => run.pipeline === name),
      ]),
    ),
    codeLocations: [{ ...GOOD_CODE }],
    runs,
    logs: new Map([
      [
        longLog,
        Array.from(
          { length: 60_000 },
          (_, line) => `${line} row group ${line % 97} written to bronze.part_${line % 13}`,
        ).join('\n'),
      ],
    ]),
  };
}

/** Everything that can go wrong with names, states, code and agents. */
export function brokenWorld(): World {
  const runs = [uncertainRun(12), hostileRun(11), erroredRun(10), cancelledRun(9), failedRun(8)];
  const logs = new Map(
    runs.flatMap(({ tasks }) => tasks.flatMap(({ attempts }) => attempts.map(({ id }) => [id, HOSTILE_LOG] as const))),
  );
  return {
    environments: [
      {
        ...LOCAL,
        agents: LOCAL.agents.map((agent) => ({ ...agent, isLive: false, lastSeenAt: ago(7 * MINUTE) })),
      },
    ],
    pipelines: [
      pipelineOf('sqlserver-bronze', 'Customer, Orders and Products from SQL Server into bronze, as they are.', runs),
      ...HOSTILE_NAMES.map((name) => pipelineOf(name, `${name} ${name}`, [hostileRun(11)])),
    ],
    codeLocations: [{ ...BROKEN_CODE }],
    runs,
    logs,
  };
}

/** The typical world in an environment of kind production. */
export function productionWorld(): World {
  const world = typicalWorld();
  const rename = (run: RunDetail): RunDetail => ({
    ...run,
    environment: 'prod-eu',
    name: run.name.replace('-local ', '-prod-eu '),
  });
  const runs = world.runs.map(rename);
  return {
    ...world,
    environments: [{ ...LOCAL, name: 'prod-eu', kind: 'production' }],
    runs,
    pipelines: [pipelineOf('sqlserver-bronze', 'Customer, Orders and Products into bronze.', runs, 'prod-eu')],
  };
}

const TABLES = ['customer', 'orders', 'products'] as const;

function goodRun(number: number, createdAgoMs: number, isQuarantining: boolean): RunDetail {
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

function failedRun(number: number): RunDetail {
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

function runningRun(number: number): RunDetail {
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

function uncertainRun(number: number): RunDetail {
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

function hostileRun(number: number): RunDetail {
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

function erroredRun(number: number): RunDetail {
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

function cancelledRun(number: number): RunDetail {
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
function wideRun(number: number, taskCount: number): RunDetail {
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

function logOf(taskId: string): string {
  const table = taskId.replace('ingest-dbo-', 'dbo.');
  return [
    `\u001b[36minfo\u001b[0m  connect mssql://127.0.0.1:1433/shop as reader`,
    `info  snapshot of ${table}: 15 rows, 9 columns, read in 38 ms`,
    'info  stage bronze_stage.batch_5b6e4a1c',
    'info  publish in one transaction: rows, control row, cursor',
    'info  done: 15 read, 15 loaded, 0 quarantined',
    '',
  ].join('\n');
}

const FAILED_LOG = [
  'info  connect mssql://127.0.0.1:1433/shop as reader',
  'info  snapshot of dbo.Orders: 830 rows announced',
  '\u001b[31merror\u001b[0m SOURCE_CONNECTION_LOST: The connection to the source ended midway.',
  '  why: ECONNRESET after 412 of 830 rows of dbo.Orders',
  '  fix: Check that the source is up (`towpath doctor`), then run again. Nothing was published.',
  '',
].join('\n');

const HOSTILE_LOG = [
  '<script>alert("log")</script> <b>bold?</b>',
  'مرحبا بالعالم, then English, ثم العربية',
  'progress 1%\rprogress 50%\rprogress 100%',
  `one very long line ${'0123456789'.repeat(2000)}`,
  '🚂🚃🚃 emoji, a NUL \u0000, a bell \u0007, a lone \u001b[999Z',
  '',
].join('\n');

/** Id of a run in these worlds, by its number. */
export function runIdOf(number: number): string {
  return uuidOf(number);
}
