import type { Db } from '../../db/database.ts';
import type { PersonIdentity } from '../../http/identity.ts';
import { ORIGIN_HOLDS } from '../handed-on.ts';
import { PERSON_COLUMNS, type PersonRow, toPerson } from '../person-row.ts';
import { deriveCsrf, hashToken } from '../secret-token.ts';

const STATEMENT = `
select ${PERSON_COLUMNS}, token_id, parents from console_sessions handed
where token_hash = $1 and expires_at > now() and ${ORIGIN_HOLDS}`;

/**
 * Who a console cookie belongs to. Reads primary keys, locks nothing. No row: unknown, ended or expired, or the token or session
 * that it came from is.
 */
export async function findConsoleSession(db: Db, cookie: string): Promise<PersonIdentity | undefined> {
  const hash = hashToken(cookie);
  const { rows } = await db.query<PersonRow & { readonly parents: readonly Buffer[] }>(STATEMENT, [hash]);
  const row = rows[0];
  return row && toPerson(row, { csrf: deriveCsrf(cookie), sessions: [...row.parents, hash] });
}
