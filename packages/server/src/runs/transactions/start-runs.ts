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
export type StartOutcome = FoundRun | TowpathError;

/**
 * Plans runs for people in one transaction. A request that can't be granted (`ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`,
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
  if (granted.length > 0) await grantRuns(pool, granted, outcomes);
  return outcomes;
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
