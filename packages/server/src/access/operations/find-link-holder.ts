import type { Db } from '../../db/database.ts';
import { hashToken } from '../secret-token.ts';

const STATEMENT = 'select name from console_links where token_hash = $1';

/** Whose link this is, whether or not it still opens anything. Uses console_links_pkey. */
export async function findLinkHolder(db: Db, link: string): Promise<string | undefined> {
  return (await db.query<{ name: string }>(STATEMENT, [hashToken(link)])).rows[0]?.name;
}
