import type { Db } from '../../db/database.ts';
import type { PersonIdentity } from '../../http/identity.ts';
import { deriveCsrf, hashToken } from '../secret-token.ts';

const STATEMENT = `select name, role from console_sessions where token_hash = $1 and expires_at > now()`;

/** Who a console cookie belongs to. Reads one primary key, locks nothing. No row: unknown or expired. */
export async function findConsoleSession(db: Db, cookie: string): Promise<PersonIdentity | undefined> {
  const { rows } = await db.query<Pick<PersonIdentity, 'name' | 'role'>>(STATEMENT, [hashToken(cookie)]);
  const row = rows[0];
  return row && { kind: 'person', name: row.name, role: row.role, csrf: deriveCsrf(cookie) };
}
