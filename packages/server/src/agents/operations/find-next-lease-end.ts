import type { Db } from '../../db/database.ts';

const STATEMENT = `
select extract(epoch from min(lease_ends_at) - now()) * 1000 as wait_ms
from agent_sessions
where ended_at is null and silent_at is null`;

/** Milliseconds until the next lease ends. Uses agent_sessions_lease_idx. Undefined: no agent is live. */
export async function findNextLeaseEnd(db: Db): Promise<number | undefined> {
  const { rows } = await db.query<{ wait_ms: string | null }>(STATEMENT);
  const waitMs = rows[0]?.wait_ms;
  return waitMs === null || waitMs === undefined ? undefined : Math.ceil(Number(waitMs));
}
