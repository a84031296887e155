import type { Db } from '../../db/database.ts';

const STATEMENT = `
update attempts
set delivered_at = now()
where session_id = $1 and state = 'granted' and delivered_at <= now() - make_interval(secs => $2)
returning id`;

/**
 * Grants whose start was not reported for a while: the reply that carried them may have been lost, so they are sent
 * again under the same epoch. Uses attempts_live_session_idx; with each claim. No rows: nothing is overdue.
 */
export async function redeliverGrants(db: Db, sessionId: string, afterSeconds: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [sessionId, afterSeconds]);
  return rows.map(({ id }) => id);
}
