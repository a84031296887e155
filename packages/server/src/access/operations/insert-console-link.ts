import type { Db } from '../../db/database.ts';
import type { PersonIdentity } from '../../http/identity.ts';
import { createToken, hashToken } from '../secret-token.ts';

/** Long enough to switch to the browser, too short to lie around in a terminal's history. */
const CONSOLE_LINK_SECONDS = 600;

/** A one-time link as it is shown. */
export interface ConsoleLink {
  readonly link: string;
  readonly expiresAt: string;
}

const STATEMENT = `
insert into console_links (token_hash, name, role, expires_at)
values ($1, $2, $3, now() + make_interval(secs => $4))
returning expires_at`;

/** Makes a one-time link for a person; only its hash is kept. */
export async function insertConsoleLink(
  db: Db,
  { name, role }: Pick<PersonIdentity, 'name' | 'role'>,
): Promise<ConsoleLink> {
  const link = createToken('link');
  const { rows } = await db.query<{ expires_at: string }>(STATEMENT, [
    hashToken(link),
    name,
    role,
    CONSOLE_LINK_SECONDS,
  ]);
  const row = rows[0];
  if (!row) throw new Error('insert into console_links returned no row');
  return { link, expiresAt: row.expires_at };
}
