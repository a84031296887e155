import type { Db } from '../../db/database.ts';
import { hashToken } from '../secret-token.ts';

const STATEMENT = 'select name from login_codes where code_hash = $1';

/** Whose code this is, whether or not it still gives anything. Uses login_codes_pkey. */
export async function findCodeHolder(db: Db, code: string): Promise<string | undefined> {
  return (await db.query<{ name: string }>(STATEMENT, [hashToken(code)])).rows[0]?.name;
}
