import type { Db } from '../../db/database.ts';
import { hashToken } from '../secret-token.ts';

const STATEMENT = 'select from console_sessions where token_hash = $1';

/** Whether a cookie is that of a console session, be it over or not. Reads console_sessions_pkey, locks nothing. */
export async function isKnownSession(db: Db, cookie: string): Promise<boolean> {
  return (await db.query(STATEMENT, [hashToken(cookie)])).rowCount === 1;
}
