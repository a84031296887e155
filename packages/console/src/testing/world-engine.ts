// What the engine does by itself: schedules and their slots, pools, the audit; and a pipeline that uses all of it.
import type { AuditEntryView, PipelineView, PoolView, RunDetail, ScheduleView, SlotView, TaskView } from '@towpath/api';
import { type AuditLog, ago, attemptOf, HOSTILE_NAMES, pipelineOf, runOf, taskOf, uuidOf } from './fixtures.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const ENGINE_PIPELINE = 'nightly-shop';

const ENGINE_MODULE = 'pipelines/nightly-shop.ts';

/** Functions and datakits, trigger rules, a pool, a fan-out whose names sort badly as text. */
function engineTasks(runNumber: number, isFailing: boolean): TaskView[] {
  const fanOut = [1, 2, 10].map((part) => functionTask(`part-${part}`, ['list-parts'], runNumber * 100 + part));
  const last = fanOut.at(-1);
  if (last && isFailing) Object.assign(last, { state: 'failed', attempts: [failedAttempt(runNumber)] });
  const parts = fanOut.map(({ id }) => id);
  return [
    functionTask('list-parts', [], runNumber * 100),
    ...fanOut.map((task) => ({ ...task, pool: 'warehouse', priority: 5 })),
    {
      ...functionTask('report', parts, runNumber * 100 + 20),
      triggerRule: 'all_done',
    },
    {
      ...functionTask('call-somebody', parts, runNumber * 100 + 21),
      triggerRule: 'one_failed',
      ...(isFailing ? {} : { state: 'skipped' as const, attempts: [] }),
    },
    {
      ...taskOf('publish', isFailing ? 'upstream_failed' : 'succeeded', parts, []),
      argv: ['datakit-sqlserver', 'publish', '--target', 'silver'],
    },
  ];
}

function functionTask(id: string, dependsOn: readonly string[], attemptId: number): TaskView {
  const attempt = attemptOf({
    id: attemptId,
    taskId: id,
    state: 'succeeded',
    grantedAgoMs: 3 * HOUR,
    executedMs: 300 + (attemptId % 17) * 90,
    result: { parts: 3, day: '2026-11-24' },
  });
  return {
    ...taskOf(id, 'succeeded', dependsOn, [attempt]),
    argv: [],
    datakit: null,
    function: { module: ENGINE_MODULE, export: 'nightlyShop' },
  };
}

function failedAttempt(runNumber: number) {
  const reason = { reasonCode: 'EXIT_CODE', reason: 'The process exited with code 1.', exitCode: 1 };
  return attemptOf({
    ...reason,
    id: runNumber * 100 + 10,
    taskId: 'part-10',
    state: 'failed',
    grantedAgoMs: 3 * HOUR,
    executedMs: 900,
  });
}

/** A run of it, by its schedule; every fifth fails. */
export function engineRun(number: number, createdAgoMs: number): RunDetail {
  const isFailing = number % 5 === 0;
  return runOf({
    number,
    pipeline: ENGINE_PIPELINE,
    state: isFailing ? 'failed' : 'succeeded',
    createdAgoMs,
    tookMs: 60_000 + ((number * 7919) % 90) * 1000,
    tasks: engineTasks(number, isFailing),
    more: {
      trigger: 'schedule',
      logicalAt: ago(createdAgoMs + 4000),
      createdBy: 'schedule default',
      parameters: { day: '2026-11-24', depth: 3, isFull: false, tables: ['customer', 'orders'], mode: 'delta' },
      ...(isFailing ? { note: 'Watched by the night shift' } : {}),
    },
  });
}

/** The registered form of it, with a parameter of each type. */
export function enginePipeline(runs: readonly RunDetail[]): PipelineView {
  return {
    ...pipelineOf(ENGINE_PIPELINE, 'The shop, every night: parts side by side, then what depends on them.', runs),
    parameters: {
      day: { type: 'string', format: 'date', description: 'Day to load' },
      depth: { type: 'integer', default: 3, minimum: 1, maximum: 10, description: 'How many levels' },
      isFull: { type: 'boolean', default: false, description: 'Everything, not only what changed' },
      mode: { type: 'string', enum: ['delta', 'snapshot'], default: 'delta' },
      tables: { type: 'array', items: { type: 'string' }, default: ['customer', 'orders'], minItems: 1 },
    },
  };
}

function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

/** A schedule with runs behind it, and slots that were skipped, missed and queued. */
export function scheduleOf(id: number, change: Partial<ScheduleView> = {}): ScheduleView {
  return {
    id: uuidOf(id),
    environment: 'local',
    codeLocation: 'example',
    pipeline: ENGINE_PIPELINE,
    name: 'default',
    cron: '0 6 * * *',
    timeZone: 'America/New_York',
    overlap: 'forbid',
    catchUp: 'latest',
    maxCatchUp: 10,
    startDeadlineSeconds: 1800,
    parameters: { mode: 'delta' },
    paused: null,
    nextSlots: [1, 2, 3, 4, 5].map((day) => inMs(day * DAY - 22 * HOUR)),
    queuedSlots: 0,
    liveRun: null,
    lastSlots: [],
    ...change,
  };
}

/** Slots of a schedule: of the newest runs, one that was skipped and a span that was missed. */
export function slotsOf(runs: readonly RunDetail[]): SlotView[] {
  const planned = runs.slice(0, 4).map(({ id, number, name, state, createdAt }): SlotView => {
    const run = { id, number, name, state };
    return {
      slotAt: createdAt,
      untilAt: null,
      outcome: 'planned',
      reasonCode: null,
      reason: null,
      decidedAt: createdAt,
      run,
    };
  });
  const skipped: SlotView = {
    slotAt: ago(6 * DAY),
    untilAt: null,
    outcome: 'skipped',
    reasonCode: 'RUN_NOT_ENDED',
    reason: 'A run of this schedule had not ended.',
    decidedAt: ago(6 * DAY),
    run: null,
  };
  const missed: SlotView = {
    ...skipped,
    slotAt: ago(9 * DAY),
    untilAt: ago(7 * DAY),
    outcome: 'missed',
    reasonCode: 'NOBODY_TICKED',
    reason: 'No server was there at its time, and the catch-up policy leaves it out.',
  };
  return [...planned, skipped, missed];
}

export const POOLS: readonly PoolView[] = [
  {
    environment: 'local',
    name: 'warehouse',
    slots: 3,
    declaredSlots: 3,
    setSlots: null,
    held: 3,
    waiting: 4,
    changedBy: 'local-agent',
  },
  {
    environment: 'local',
    name: 'source',
    slots: 1,
    declaredSlots: 8,
    setSlots: 1,
    held: 2,
    waiting: 0,
    changedBy: 'erin',
  },
];

const ZEROS = '0'.repeat(64);

/** A chain of as many entries, signed up to a little before its end. */
export function auditOf(count: number, runs: readonly RunDetail[]): AuditLog {
  const entries = Array.from({ length: count }, (_, index) => auditEntry(index + 1, count, runs));
  const last = entries.at(-1);
  const signed = entries.at(-3);
  const checkpoint = signed
    ? {
        sequence: signed.sequence,
        hash: signed.hash,
        at: ago(2 * MINUTE),
        keyId: '9c41d7aa03b2f615',
        signature: 'c2lnbmF0dXJl',
      }
    : null;
  const status = {
    sequence: count,
    hash: last?.hash ?? ZEROS,
    lastAt: last?.at ?? null,
    unlinked: 0,
    unlinkedSince: null,
    checkpoint,
    publicKey: '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n',
  };
  return { entries, status };
}

function auditEntry(sequence: number, count: number, runs: readonly RunDetail[]): AuditEntryView {
  const run = runs[sequence % Math.max(1, runs.length)];
  const shared = {
    sequence,
    at: ago((count - sequence) * 7 * MINUTE + 20_000),
    environment: 'local',
    ...hashes(sequence),
  };
  if (!run || sequence % 4 === 0) {
    return {
      ...shared,
      actor: { kind: 'person', name: 'erin' },
      action: 'pool.set',
      subject: { kind: 'pool', id: 'source', name: 'source' },
      why: null,
      details: { slots: 1, before: 8 },
    };
  }
  return {
    ...shared,
    actor: { kind: sequence % 3 === 0 ? 'policy' : 'person', name: sequence % 7 === 0 ? HOSTILE_NAMES[0] : 'erin' },
    action: sequence % 3 === 0 ? 'run.cancelled' : 'run.started',
    subject: { kind: 'run', id: run.id, name: run.name },
    why: sequence % 2 === 0 ? 'The source was down until five.' : null,
    details: { parameters: { day: '2026-11-24' }, trigger: 'manual' },
  };
}

function hashes(sequence: number) {
  const hashOf = (of: number): string => of.toString(16).padStart(8, '0').repeat(8);
  return { previousHash: sequence === 1 ? ZEROS : hashOf(sequence - 1), hash: hashOf(sequence) };
}
