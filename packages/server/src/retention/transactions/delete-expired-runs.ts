// A batch of runs that ended long ago: logs first, in pieces, then all the rest with an entry for each run.
import type { AuditActor } from '@towpath/core';
import type pg from 'pg';
import { runSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { deleteLogChunks } from '../operations/delete-log-chunks.ts';
import { deleteRuns } from '../operations/delete-runs.ts';
import { lockExpiredRuns } from '../operations/lock-expired-runs.ts';

/** How much goes at once. */
export interface RunBatch {
  readonly days: number;
  readonly runs: number;
  /** Of logs; 64 KiB each at most. */
  readonly chunks: number;
}

/** Who decides. */
const RETENTION: AuditActor = { kind: 'policy', name: 'retention' };

/**
 * Deletes a batch. Locks the runs, skipping those that others hold. Returns whether there may be more: also when only logs
 * went, whose runs are found again by the next batch.
 */
export function deleteExpiredRuns(pool: pg.Pool, { days, runs, chunks }: RunBatch): Promise<boolean> {
  return withTransaction(pool, async (tx) => {
    const expired = await lockExpiredRuns(tx, { days, limit: runs });
    if (expired.length === 0) return false;
    const runIds = expired.map(({ id }) => id);
    if ((await deleteLogChunks(tx, { runIds, limit: chunks })) === chunks) return true;
    const gone = await deleteRuns(tx, runIds);
    for (const run of expired.filter(({ id }) => gone.has(id))) {
      await writeAudit(tx, {
        actor: RETENTION,
        action: 'run.deleted',
        subject: runSubject(run),
        environment: run.environment,
        details: { finishedAt: run.finishedAt, keptDays: days },
      });
    }
    return gone.size > 0;
  });
}
