import type pg from 'pg';
import { runSubject } from '../../audit/audit-subjects.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { getRun } from '../get-run.ts';
import type { FoundRun } from '../operations/find-run.ts';
import { planRun, type RunRequest } from './plan-run.ts';

/**
 * Plans a run for a person and returns it. Locks: the environment. Not idempotent: each call is a run.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`, `PARAMETERS_INVALID`
 */
export function startRun(pool: pg.Pool, request: RunRequest): Promise<FoundRun> {
  return withTransaction(pool, async (tx) => {
    const outbox = createOutbox();
    const runId = await planRun(tx, request, outbox);
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
