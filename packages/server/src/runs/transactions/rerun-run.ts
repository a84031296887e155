// A run that repeats another: the same graph and code, whatever was registered since.
import {
  isTerminalRunState,
  isTerminalTaskState,
  type PlannedTask,
  planRerun,
  TOWPATH,
  TowpathError,
} from '@towpath/core';
import type pg from 'pg';
import { runSubject } from '../../audit/audit-subjects.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { getRun } from '../get-run.ts';
import type { FoundRun } from '../operations/find-run.ts';
import { insertPlannedTasks } from '../operations/insert-planned-tasks.ts';
import { insertRerun } from '../operations/insert-rerun.ts';
import { insertRunTaskEdges } from '../operations/insert-run-task-edges.ts';
import { listEndedTasks } from '../operations/list-ended-tasks.ts';
import { takeRunNumber } from '../operations/take-run-number.ts';

/** Which run to repeat, and how much of it. */
export interface RerunRequest {
  readonly runId: string;
  /** `failed`: what succeeded counts as done. `tasks`: the named ones too, with all behind them. */
  readonly from: 'start' | 'failed' | 'tasks';
  readonly tasks?: readonly string[] | undefined;
  readonly createdBy: string;
  readonly note?: string | undefined;
}

/**
 * Plans the repetition of an ended run and returns it. Locks: the environment. Not idempotent: each call is a run.
 *
 * @throws TowpathError `RUN_UNKNOWN`, `RUN_NOT_ENDED`, `RUN_SUCCEEDED`, `TASK_UNKNOWN`
 */
export function rerunRun(pool: pg.Pool, request: RerunRequest): Promise<FoundRun> {
  const { runId, createdBy, note } = request;
  return withTransaction(pool, 'rerun', async (tx) => {
    const original = await getRun(tx, { runId });
    checkEnded(original);
    const planned = await planTasks(tx, original, request);
    const { environment } = original;
    const runNumber = await takeRunNumber(tx, environment);
    const unfinishedTasks = planned.filter(({ state }) => !isTerminalTaskState(state)).length;
    const rerunId = await insertRerun(tx, { originalId: runId, runNumber, createdBy, unfinishedTasks, note });
    await insertPlannedTasks(tx, rerunId, planned);
    await insertRunTaskEdges(tx, [rerunId]);
    const outbox = createOutbox();
    outbox.events.push({ kind: 'run.planned', environment, runId: rerunId });
    outbox.topics.add(`tasks:${environment}`);
    await publish(tx, outbox);
    return auditRerun(tx, await getRun(tx, { runId: rerunId }), original, request);
  });
}

async function auditRerun(
  tx: Transaction,
  run: FoundRun,
  original: FoundRun,
  { from, tasks }: RerunRequest,
): Promise<FoundRun> {
  await writeAudit(tx, {
    actor: { kind: 'person', name: run.createdBy },
    action: 'run.rerun',
    subject: runSubject(run),
    environment: run.environment,
    why: run.note,
    details: { of: { id: original.id, name: original.name }, from, tasks: tasks && limitDetail(tasks) },
  });
  return run;
}

async function planTasks(tx: Transaction, original: FoundRun, request: RerunRequest): Promise<readonly PlannedTask[]> {
  const { from, tasks = [] } = request;
  const ended = await listEndedTasks(tx, original.id);
  const known = new Set(ended.map(({ id }) => id));
  const unknown = tasks.filter((taskId) => !known.has(taskId));
  if (unknown.length > 0) throw tasksUnknown(original, unknown);
  const planned = planRerun(ended, from === 'start' ? [...known] : from === 'tasks' ? tasks : []);
  if (planned.every(({ state }) => isTerminalTaskState(state))) throw nothingToRepeat(original);
  return planned;
}

// An ended run stays as it is, so it needs no lock.
function checkEnded({ name, state }: FoundRun): void {
  if (isTerminalRunState(state)) return;
  throw new TowpathError({
    code: 'RUN_NOT_ENDED',
    message: `${name} is still ${state}.`,
    cause: 'Two runs of the same work at once would load the same tables.',
    fix: 'Wait for its end, or cancel it first.',
  });
}

function nothingToRepeat({ name }: FoundRun): TowpathError {
  return new TowpathError({
    code: 'RUN_SUCCEEDED',
    message: `Nothing of ${name} failed.`,
    fix: 'Repeat it from the start, or name the tasks to repeat.',
  });
}

function tasksUnknown({ name }: FoundRun, unknown: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'TASK_UNKNOWN',
    message: `${name} has no task ${unknown.slice(0, 20).join(', ')}.`,
    fix: `Take the ids from the run page, or from \`${TOWPATH} attempts\`.`,
  });
}
