import type { Db } from '../../db/database.ts';

const STATEMENT = `
with queued as materialized (
  select id from runs where id = any ($1::uuid[]) and state = 'queued' order by id for no key update
)
update runs r set state = 'running', started_at = now() from queued q where r.id = q.id returning r.id`;

/** Notes the first claim of runs; returns those that were queued. Locks only these, in id order. Uses runs_pkey. */
export async function markRunsRunning(db: Db, runIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [runIds]);
  return rows.map(({ id }) => id);
}
