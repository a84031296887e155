import type pg from 'pg';
import { runSubject } from '../../audit/audit-subjects.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { retryWhenLost, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { getRun } from '../get-run.ts';
import type { FoundRun } from '../operations/find-run.ts';
import { reserveRunNumber } from '../operations/take-run-number.ts';
import { type RunRequest, readPlan, writePlan } from './plan-run.ts';

/**
 * Plans a run for a person and returns it. Locks nothing that others wait for. Not idempotent: each call is a run.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`, `PARAMETERS_INVALID`
 */
export async function startRun(pool: pg.Pool, request: RunRequest): Promise<FoundRun> {
  const plan = await retryWhenLost(() => readPlan(pool, request));
  const runNumber = await reserveRunNumber(pool, plan.environment);
  return await withTransaction(pool, 'start-run', async (tx) => {
    const outbox = createOutbox();
    const runId = await writePlan(tx, { ...plan, runNumber }, outbox);
    await publish(tx, outbox);
    const run = await getRun(tx, { runId });
    await writeAudit(tx, {
      actor: { kind: 'person', name: run.createdBy },
      action: 'run.started',
      subject: runSubject(run),
      environment: run.environment,
      why: run.note,
      details: { pipeline: run.pipeline, graphHash: run.graphHash, parameters: limitDetail(run.parameters) },
    });
    return run;
  });
}
