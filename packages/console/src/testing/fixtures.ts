// Data as a server would answer it: ordinary, huge, broken and hostile. Every answer is checked against the contract.
import type {
  AttemptView,
  AuditEntryView,
  AuditStatusView,
  CodeLocationView,
  ConfigurationView,
  DatakitView,
  EnvironmentView,
  NotificationView,
  PipelineView,
  PoolView,
  RunDetail,
  RunSummary,
  ScheduleView,
  TaskView,
} from '@towpath/api';
import type { AttemptState, RunState, TaskState } from '@towpath/core';
import type { Promotions } from './promotions.ts';

/** The chain of the audit: entries oldest first, and what is said of the whole. */
export interface AuditLog {
  readonly entries: AuditEntryView[];
  readonly status: AuditStatusView;
}

/** What a test server has to tell. */
export interface World {
  environments: EnvironmentView[];
  pipelines: PipelineView[];
  codeLocations: CodeLocationView[];
  /** Newest first. */
  runs: RunDetail[];
  schedules: ScheduleView[];
  pools: PoolView[];
  audit: AuditLog;
  /** By environment. */
  configurations: Map<string, ConfigurationView[]>;
  notifications: NotificationView[];
  datakits: DatakitView[];
  promotions: Promotions;
  /** Log text by attempt id. */
  logs: Map<string, string>;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Names nobody should have to read, and the console has to show. */
export const HOSTILE_NAMES = [
  '<img src=x onerror=alert(1)>',
  'تحميل-المنتجات',
  'שלום-عربي-‮txt',
  '🚂-ingest-👩‍👩‍👧‍👦',
  `very-long-name-${'without-any-end-'.repeat(8)}`,
  "'; rm -rf / #",
] as const;

/** An id of the form uuid v7, made of a number. */
export function uuidOf(number: number): string {
  const hex = number.toString(16).padStart(12, '0');
  return `01930000-0000-7000-8000-${hex}`;
}

/** An instant before now (ms). */
export function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}

export const LOCAL: EnvironmentView = {
  name: 'local',
  kind: 'local',
  colour: 'grey',
  declaration: null,
  declared: null,
  agents: [
    {
      name: 'local-agent',
      host: 'laptop',
      version: '0.1.0',
      lastSeenAt: ago(SECOND),
      isLive: true,
      attemptsHeld: 0,
      maxAttempts: 4,
    },
  ],
};

interface AttemptOptions {
  readonly id: number;
  readonly taskId: string;
  readonly number?: number;
  readonly state: AttemptState;
  /** Ms before now at which it was granted, and how long it executed. */
  readonly grantedAgoMs: number;
  readonly executedMs: number;
  readonly exitCode?: number | null;
  readonly reasonCode?: string;
  readonly reason?: string;
  readonly result?: AttemptView['result'];
  readonly logLengthBytes?: number;
  readonly lateResult?: AttemptView['lateResult'];
}

const EXECUTION: AttemptView['execution'] = {
  executor: 'docker',
  decidedBy: "the environment's declaration",
  image: { reference: 'registry.localhost/datakits/sqlserver-bronze:0.1.0', digest: `sha256:${'5ca1ab1e'.repeat(8)}` },
};

/** One attempt; it ended unless its state says otherwise. */
export function attemptOf(options: AttemptOptions): AttemptView {
  const { grantedAgoMs, executedMs, state } = options;
  const isOver = !['granted', 'running', 'uncertain'].includes(state);
  return {
    id: uuidOf(options.id),
    taskId: options.taskId,
    number: options.number ?? 1,
    epoch: 1,
    state,
    agent: 'local-agent',
    host: 'laptop',
    grantedAt: ago(grantedAgoMs),
    startedAt: state === 'granted' ? null : ago(grantedAgoMs - 180),
    finishedAt: isOver ? ago(grantedAgoMs - 180 - executedMs) : null,
    exitCode: options.exitCode ?? (state === 'succeeded' ? 0 : null),
    reasonCode: options.reasonCode ?? null,
    reason: options.reason ?? null,
    result: options.result ?? null,
    logLengthBytes: options.logLengthBytes ?? 0,
    givenUpBy: options.reasonCode === 'GIVEN_UP' ? 'console' : null,
    lateResult: options.lateResult ?? null,
    execution: isOver ? EXECUTION : null,
  };
}

/** One task of a run. */
export function taskOf(id: string, state: TaskState, dependsOn: readonly string[], attempts: AttemptView[]): TaskView {
  return {
    id,
    state,
    argv: ['datakit-sqlserver', 'ingest-table', `dbo.${id.split('-').at(-1)}`, '--target', 'bronze'],
    datakit: { name: 'sqlserver', version: '0.1.0' },
    function: null,
    dependsOn: [...dependsOn],
    triggerRule: 'all_succeeded',
    pool: null,
    priority: 0,
    readyAt: null,
    reusedFromAttemptId: null,
    attempts,
  };
}

interface RunOptions {
  readonly number: number;
  readonly pipeline?: string;
  readonly environment?: string;
  readonly state: RunState;
  readonly createdAgoMs: number;
  readonly tookMs: number;
  readonly tasks: TaskView[];
  readonly isCancelRequested?: boolean;
  readonly rerunOf?: RunDetail['rerunOf'];
  /** What only some runs have. */
  readonly more?: Partial<Pick<RunDetail, 'trigger' | 'logicalAt' | 'note' | 'parameters' | 'createdBy'>>;
}

/** One run; counts of tasks are derived. */
export function runOf(options: RunOptions): RunDetail {
  const { number, state, createdAgoMs, tookMs, tasks, pipeline = 'sqlserver-bronze', environment = 'local' } = options;
  const taskCounts: RunDetail['taskCounts'] = {};
  for (const task of tasks) taskCounts[task.state] = (taskCounts[task.state] ?? 0) + 1;
  const isOver = state !== 'queued' && state !== 'running';
  return {
    id: uuidOf(number),
    number,
    name: `${pipeline}-${environment} #${number}`,
    pipeline,
    environment,
    state,
    isCancelRequested: options.isCancelRequested ?? state === 'cancelled',
    trigger: options.rerunOf ? 'rerun' : 'manual',
    logicalAt: null,
    note: null,
    rerunOf: options.rerunOf ?? null,
    createdBy: 'console',
    createdAt: ago(createdAgoMs),
    startedAt: state === 'queued' ? null : ago(createdAgoMs - 40),
    finishedAt: isOver ? ago(createdAgoMs - tookMs) : null,
    taskCounts,
    graphHash: `${number}`.padStart(4, '0').padEnd(64, '7c1e9b'),
    sourceFile: `pipelines/${pipeline}.ts`,
    parameters: {},
    tasks,
    ...options.more,
  };
}

/** Summary of a run, as lists show it. */
export function summaryOf(run: RunDetail): RunSummary {
  const { graphHash: _graph, sourceFile: _source, parameters: _values, tasks: _tasks, ...summary } = run;
  return summary;
}

/** A result document of a table. */
export function resultOf(table: string, rowsRead: number, rowsQuarantined = 0): AttemptView['result'] {
  return {
    target: `bronze.${table}`,
    rowsRead,
    rowsLoaded: rowsRead - rowsQuarantined,
    rowsQuarantined,
    batchId: '5b6e4a1c0d3f2987',
  };
}

/** The registered form of runs of one pipeline. */
export function pipelineOf(
  name: string,
  description: string,
  runs: readonly RunDetail[],
  environment = 'local',
): PipelineView {
  return {
    name,
    environment,
    description,
    codeLocation: 'example',
    sourceFile: `pipelines/${name}.ts`,
    sourceHash: 'b7'.repeat(32),
    graphHash: '3fa9'.repeat(16),
    registeredAt: ago(47 * MINUTE),
    tasks: (runs[0]?.tasks ?? []).map(toPlannedTask),
    parameters: {},
    lastRuns: runs
      .filter(({ pipeline }) => pipeline === name)
      .slice(0, 10)
      .map(summaryOf),
  };
}

function toPlannedTask(task: TaskView): PipelineView['tasks'][number] {
  const { state: _state, readyAt: _ready, reusedFromAttemptId: _reused, attempts: _attempts, ...planned } = task;
  return planned;
}

export const GOOD_CODE: CodeLocationView = {
  name: 'example',
  environment: 'local',
  sourceHash: 'b7'.repeat(32),
  loadedAt: ago(47 * MINUTE),
  error: null,
};

export const BROKEN_CODE: CodeLocationView = {
  ...GOOD_CODE,
  sourceHash: 'c8'.repeat(32),
  error: {
    code: 'PIPELINE_INVALID',
    message:
      "pipelines/sqlserver-bronze.ts:14:9 task 'ingest-dbo-orders' depends on 'ingest-dbo-prodcuts', which does not exist.",
    cause:
      'Tasks of this pipeline: ingest-dbo-customer, ingest-dbo-orders, ingest-dbo-products.\n    at ingestTable (pipelines/sqlserver-bronze.ts:14:9)',
    at: ago(3 * MINUTE),
  },
};
