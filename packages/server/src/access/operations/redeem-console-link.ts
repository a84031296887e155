import type { Db } from '../../db/database.ts';
import type { PersonIdentity } from '../../http/identity.ts';
import { hashToken } from '../secret-token.ts';

const STATEMENT = `
update console_links
set used_at = now()
where token_hash = $1 and used_at is null and expires_at > now()
returning name, role`;

/**
 * Uses a one-time link up; of two at once, the row lock lets one succeed. Uses console_links_pkey. Undefined: unknown, used
 * before, or older than its ten minutes.
 */
export async function redeemConsoleLink(
  db: Db,
  link: string,
): Promise<Pick<PersonIdentity, 'name' | 'role'> | undefined> {
  const { rows } = await db.query<Pick<PersonIdentity, 'name' | 'role'>>(STATEMENT, [hashToken(link)]);
  return rows[0];
}
