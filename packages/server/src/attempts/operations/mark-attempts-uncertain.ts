import { attemptStatesBefore } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** An attempt whose agent is silent. */
export interface UncertainAttempt {
  readonly attemptId: string;
  readonly runId: string;
  readonly environment: string;
}

interface Row {
  readonly id: string;
  readonly run_id: string;
  readonly environment: string;
}

const STATEMENT = `
update attempts set state = 'uncertain'
where id = any ($1::uuid[]) and state = any ($2::text[])
returning id, run_id, environment`;

/** Makes attempts uncertain that an agent left on another host. Uses attempts_pkey; returns those that changed. */
export async function markAttemptsUncertain(db: Db, attemptIds: readonly string[]): Promise<UncertainAttempt[]> {
  const { rows } = await db.query<Row>(STATEMENT, [attemptIds, attemptStatesBefore('silence')]);
  return rows.map((row) => ({ attemptId: row.id, runId: row.run_id, environment: row.environment }));
}
