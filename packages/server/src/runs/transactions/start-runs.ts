import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { runSubject } from '../../audit/audit-subjects.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { type AuditRecord, writeAudit } from '../../audit/operations/write-audit.ts';
import type { FoundPipeline } from '../../code/operations/find-pipeline.ts';
import { retryWhenLost, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { type FoundRun, findRuns } from '../operations/find-run.ts';
import type { PlannedRun } from '../operations/insert-runs.ts';
import { reserveRunNumbers } from '../operations/take-run-number.ts';
import { getPipeline, type RunPlan, type RunRequest, toPlan, writeRuns } from './plan-run.ts';

/** What became of a request: its run, or why there is none. */
export type StartOutcome = FoundRun | Error;

/**
 * Plans runs for people, a few transactions for all of them. A request that can't be granted (`ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`,
 * `PARAMETERS_INVALID`) has that as its outcome and keeps no other from being granted. Locks nothing that others wait for. Not
 * idempotent: each call makes runs.
 */
export async function startRuns(
  pool: pg.Pool,
  requests: readonly RunRequest[],
): Promise<ReadonlyMap<RunRequest, StartOutcome>> {
  const outcomes = new Map<RunRequest, StartOutcome>();
  const granted: Granted[] = [];
  const getOnce = rememberPipelines(pool);
  for (const request of requests) {
    try {
      granted.push({ request, plan: toPlan(request, await getOnce(request)) });
    } catch (thrown) {
      if (!(thrown instanceof TowpathError)) throw thrown;
      outcomes.set(request, thrown);
    }
  }
  for (const some of splitByTasks(granted)) await grantOrTell(pool, some, outcomes);
  return outcomes;
}

/** A transaction of so many tasks takes a moment; a larger run has one of its own. */
const MAX_TASKS = 2000;

function splitByTasks(granted: readonly Granted[]): readonly (readonly Granted[])[] {
  const parts: Granted[][] = [];
  let tasks = Infinity;
  for (const one of granted) {
    tasks += one.plan.found.tasks;
    if (tasks > MAX_TASKS) {
      parts.push([]);
      tasks = one.plan.found.tasks;
    }
    parts.at(-1)?.push(one);
  }
  return parts;
}

/** One of several may be at fault for all, and then nothing of them was written: each has its own transaction. */
async function grantOrTell(
  pool: pg.Pool,
  granted: readonly Granted[],
  outcomes: Map<RunRequest, StartOutcome>,
): Promise<void> {
  try {
    await grantRuns(pool, granted, outcomes);
  } catch (thrown) {
    if (granted.length > 1 && wasRolledBack(thrown)) {
      for (const one of granted) await grantOrTell(pool, [one], outcomes);
      return;
    }
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    for (const { request } of granted) outcomes.set(request, error);
  }
}

/** SQLSTATE classes 22 and 23: data that can't be stored. 57014: it took too long. */
function wasRolledBack(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && /^(?:2[23]...|57014)$/.test(String(thrown.code));
}

interface Granted {
  readonly request: RunRequest;
  readonly plan: RunPlan;
}

/** Starts that come at once are mostly of one pipeline. */
function rememberPipelines(pool: pg.Pool): (request: RunRequest) => Promise<FoundPipeline> {
  const found = new Map<string, Promise<FoundPipeline>>();
  return (request) => {
    const key = JSON.stringify([request.environment, request.pipeline, request.codeLocation]);
    const known = found.get(key) ?? retryWhenLost(() => getPipeline(pool, request));
    found.set(key, known);
    return known;
  };
}

async function grantRuns(
  pool: pg.Pool,
  granted: readonly Granted[],
  outcomes: Map<RunRequest, StartOutcome>,
): Promise<void> {
  const planned = await numberRuns(pool, granted);
  await withTransaction(pool, 'start-run', async (tx) => {
    const outbox = createOutbox();
    const runIds = await writeRuns(tx, planned, outbox);
    await publish(tx, outbox);
    const found = await findRuns(tx, runIds);
    for (const [at, { request }] of planned.entries()) {
      const run = found.get(runIds[at] ?? '');
      if (run) outcomes.set(request, run);
    }
    await writeAudit(tx, ...[...found.values()].map(toAudit));
  });
}

/** Numbers of an environment follow each other in the order of the requests. */
async function numberRuns(pool: pg.Pool, granted: readonly Granted[]): Promise<(PlannedRun & Granted)[]> {
  const ofEnvironment = Map.groupBy(granted, ({ plan }) => plan.environment);
  const planned: (PlannedRun & Granted)[] = [];
  for (const [environment, its] of ofEnvironment) {
    const last = await reserveRunNumbers(pool, environment, its.length);
    const first = last - its.length + 1;
    planned.push(...its.map(({ request, plan }, at) => ({ ...plan, request, plan, runNumber: first + at })));
  }
  return planned;
}

function toAudit(run: FoundRun): AuditRecord {
  return {
    actor: { kind: 'person', name: run.createdBy },
    action: 'run.started',
    subject: runSubject(run),
    environment: run.environment,
    why: run.note,
    details: { pipeline: run.pipeline, graphHash: run.graphHash, parameters: limitDetail(run.parameters) },
  };
}
