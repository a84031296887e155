// Whole situations a console meets.
import type { RunDetail } from '@towpath/api';
import type { RunState } from '@towpath/core';
import {
  ago,
  BROKEN_CODE,
  GOOD_CODE,
  HOSTILE_NAMES,
  LOCAL,
  pipelineOf,
  runOf,
  taskOf,
  uuidOf,
  type World,
} from './fixtures.ts';
import { noPromotions } from './promotions.ts';
import { auditOf, enginePipeline, engineRun, POOLS, scheduleOf, slotsOf } from './world-engine.ts';
import {
  cancelledRun,
  erroredRun,
  failedRun,
  goodRun,
  hostileRun,
  runningRun,
  uncertainRun,
  wideRun,
} from './world-runs.ts';

const MINUTE = 60_000;

/** Nothing scheduled, limited or decided. */
function noEngine(): Pick<
  World,
  'schedules' | 'pools' | 'audit' | 'configurations' | 'notifications' | 'datakits' | 'promotions'
> {
  return {
    schedules: [],
    pools: [],
    audit: auditOf(0, []),
    configurations: new Map(),
    notifications: [],
    datakits: [],
    promotions: noPromotions(),
  };
}

/** A server on which nothing was ever registered. */
export function emptyWorld(): World {
  return {
    environments: [LOCAL],
    pipelines: [],
    codeLocations: [{ ...GOOD_CODE }],
    runs: [],
    ...noEngine(),
    logs: new Map(),
  };
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
    ...noEngine(),
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
    ...noEngine(),
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
    ...noEngine(),
    logs,
  };
}

/** A pipeline that uses all of the engine, its schedules, pools and audit, beside a run of 5,000 tasks. */
export function engineWorld(): World {
  const shop = Array.from({ length: 24 }, (_, index) => engineRun(60 - index, (3 + index * 24) * 60 * MINUTE));
  const wide = wideRun(70, 5000);
  const runs = [wide, ...shop];
  return {
    environments: [LOCAL],
    pipelines: [enginePipeline(shop), pipelineOf(wide.pipeline, 'Five thousand tasks.', [wide])],
    codeLocations: [{ ...GOOD_CODE }],
    runs,
    ...noEngine(),
    schedules: [
      scheduleOf(900, { lastSlots: slotsOf(shop) }),
      scheduleOf(901, {
        name: 'sundays',
        cron: '30 4 * * 0',
        timeZone: 'Europe/Berlin',
        overlap: 'queue',
        catchUp: 'all',
        paused: { at: ago(3 * 60 * MINUTE), by: 'erin', note: 'Source is being moved this week' },
      }),
    ],
    pools: POOLS.map((pool) => ({ ...pool })),
    audit: auditOf(260, shop),
    logs: new Map(),
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
