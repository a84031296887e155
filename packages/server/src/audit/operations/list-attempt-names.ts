import { formatRunName } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** What an attempt is called where people read of it. */
export interface AttemptName {
  readonly run: string;
  readonly runId: string;
  readonly task: string;
  readonly attempt: number;
}

interface Row {
  readonly id: string;
  readonly pipeline: string;
  readonly run_number: number;
  readonly run_id: string;
  readonly task_id: string;
  readonly number: number;
}

const STATEMENT = `
select a.id, r.pipeline, r.run_number, a.run_id, a.task_id, a.number
from attempts a
join runs r on r.id = a.run_id
where a.id = any ($1::uuid[]) and a.environment = $2`;

/**
 * Names of attempts of one environment by id; those of others, and those that are gone, are left out. Uses attempts_pkey and
 * runs_pkey; locks nothing.
 */
export async function listAttemptNames(
  db: Db,
  environment: string,
  attemptIds: readonly string[],
): Promise<ReadonlyMap<string, AttemptName>> {
  const { rows } = await db.query<Row>(STATEMENT, [attemptIds, environment]);
  const name = ({ pipeline, run_number }: Row): string => formatRunName(pipeline, environment, run_number);
  return new Map(
    rows.map((row) => [row.id, { run: name(row), runId: row.run_id, task: row.task_id, attempt: row.number }]),
  );
}
