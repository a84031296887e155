import type { Db } from '../../db/database.ts';
import type { PersonIdentity } from '../../http/identity.ts';
import { PERSON_COLUMNS, type PersonRow, toPerson } from '../person-row.ts';
import { deriveCsrf, hashToken } from '../secret-token.ts';

const STATEMENT = `
select ${PERSON_COLUMNS}, token_id from console_sessions where token_hash = $1 and expires_at > now()`;

/** Who a console cookie belongs to. Reads one primary key, locks nothing. No row: unknown, ended or expired. */
export async function findConsoleSession(db: Db, cookie: string): Promise<PersonIdentity | undefined> {
  const { rows } = await db.query<PersonRow>(STATEMENT, [hashToken(cookie)]);
  const row = rows[0];
  return row && toPerson(row, deriveCsrf(cookie));
}
