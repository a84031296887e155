import type { PersonRole } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { ORIGIN_HOLDS } from '../handed-on.ts';
import { hashToken } from '../secret-token.ts';
import type { HandedOn } from './insert-console-link.ts';

interface Row {
  readonly name: string;
  readonly role: PersonRole;
  readonly environments: readonly string[] | null;
  readonly groups: readonly string[] | null;
  readonly token_id: string | null;
  readonly parents: readonly Buffer[];
  readonly session_until: string | null;
}

const STATEMENT = `
update console_links handed
set used_at = now()
where token_hash = $1 and used_at is null and expires_at > now() and ${ORIGIN_HOLDS}
returning name, role, environments, groups, token_id, parents, session_until`;

/**
 * Uses a one-time link up; of two at once, the row lock lets one succeed. Uses console_links_pkey. Undefined: unknown, used
 * before, older than its ten minutes, or what it was handed on from has ended.
 */
export async function redeemConsoleLink(db: Db, link: string): Promise<HandedOn | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [hashToken(link)]);
  const row = rows[0];
  if (!row) return undefined;
  const { name, token_id: tokenId, parents: sessions, session_until: until, ...holding } = row;
  return { name, holding, tokenId, sessions, until };
}
