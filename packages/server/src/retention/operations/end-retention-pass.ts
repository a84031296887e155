import type { Db } from '../../db/database.ts';
import type { RetentionPassKey } from './take-retention-pass.ts';

const STATEMENT = `
update retention_passes
set ended_at = now()
where environment = $1 and due_at = $2 and session_id = $3 and ended_at is null`;

/**
 * Ends a pass that this session has. Uses retention_passes_pkey, locks that row. No row is changed: it has ended already, or
 * another session has taken it over.
 */
export async function endRetentionPass(db: Db, { environment, sessionId, dueAt }: RetentionPassKey): Promise<void> {
  await db.query(STATEMENT, [environment, dueAt, sessionId]);
}
