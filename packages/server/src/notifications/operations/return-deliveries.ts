import type { Db } from '../../db/database.ts';

const STATEMENT = `
update notification_deliveries
set due_at = now()
where session_id = $1 and state = 'sending'`;

/**
 * What a session that has ended had taken is due at once: its agent is gone, or has forgotten. Uses
 * notification_deliveries_session_idx. With each session that replaces another.
 */
export async function returnDeliveries(db: Db, sessionId: string): Promise<void> {
  await db.query(STATEMENT, [sessionId]);
}
