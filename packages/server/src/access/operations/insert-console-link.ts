import type { Db } from '../../db/database.ts';
import type { Holding } from '../../http/identity.ts';
import { createToken, hashToken } from '../secret-token.ts';

/** Long enough to switch to the browser, too short to lie around in a terminal's history. */
const CONSOLE_LINK_SECONDS = 600;

/** What a link hands on. */
export interface HandedOn {
  readonly name: string;
  readonly holding: Holding;
  /** The token it is handed on from: with it, the session ends. */
  readonly tokenId: string | null;
  /** Hashes of the console sessions it is handed on through: with any of them, it ends. */
  readonly sessions: readonly Buffer[];
  /** When the credential ends that it is handed on from; null: never. */
  readonly until: string | null;
}

/** A one-time link as it is shown. */
export interface ConsoleLink {
  readonly link: string;
  readonly expiresAt: string;
}

const STATEMENT = `
insert into console_links (token_hash, name, role, environments, groups, token_id, parents, session_until, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
returning expires_at`;

/** Makes a one-time link for a person; only its hash is kept. */
export async function insertConsoleLink(
  db: Db,
  { name, holding, tokenId, sessions, until }: HandedOn,
): Promise<ConsoleLink> {
  const link = createToken('link');
  const { role, environments, groups } = holding;
  const { rows } = await db.query<{ expires_at: string }>(STATEMENT, [
    hashToken(link),
    ...[name, role, environments, groups, tokenId, sessions, until],
    CONSOLE_LINK_SECONDS,
  ]);
  const row = rows[0];
  if (!row) throw new Error('insert into console_links returned no row');
  return { link, expiresAt: row.expires_at };
}
