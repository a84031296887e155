import type { AttemptGrant } from '@towpath/api';
import { formatRunName, type GraphTask } from '@towpath/core';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly id: string;
  readonly epoch: number;
  readonly run_id: string;
  readonly run_number: number;
  readonly pipeline: string;
  readonly environment: string;
  readonly task_id: string;
  readonly number: number;
  readonly spec: GraphTask;
  readonly spec_hash: string;
}

const STATEMENT = `
select a.id, a.epoch, a.run_id, r.run_number, r.pipeline, a.environment, a.task_id, a.number, g.spec, a.spec_hash
from attempts a
join runs r on r.id = a.run_id
join run_tasks t on t.run_id = a.run_id and t.task_id = a.task_id
join graph_tasks g on g.graph_hash = t.graph_hash and g.task_id = t.task_id
where a.id = any ($1::uuid[])
order by a.run_id, t.position`;

/** All that an executor needs, for attempts just granted or adopted. Uses primary keys; locks nothing. */
export async function listGrants(db: Db, attemptIds: readonly string[]): Promise<AttemptGrant[]> {
  if (attemptIds.length === 0) return [];
  const { rows } = await db.query<Row>(STATEMENT, [attemptIds]);
  return rows.map((row) => ({
    attemptId: row.id,
    epoch: row.epoch,
    runId: row.run_id,
    runName: formatRunName(row.pipeline, row.environment, row.run_number),
    pipeline: row.pipeline,
    taskId: row.task_id,
    attemptNumber: row.number,
    datakit: { ...row.spec.datakit },
    argv: [...row.spec.argv],
    environmentVariables: { ...row.spec.environmentVariables },
    timeoutSeconds: row.spec.timeoutSeconds,
    specHash: row.spec_hash,
  }));
}
