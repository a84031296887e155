import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { planRun, type RunRequest } from './plan-run.ts';

/**
 * Plans a run and returns its id. Locks: the environment. Not idempotent: each call is a run.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`, `PARAMETERS_INVALID`
 */
export function startRun(pool: pg.Pool, request: RunRequest): Promise<string> {
  return withTransaction(pool, 'start-run', async (tx) => {
    const outbox = createOutbox();
    const runId = await planRun(tx, request, outbox);
    await publish(tx, outbox);
    return runId;
  });
}
