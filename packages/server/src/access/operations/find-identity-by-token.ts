import type { Db } from '../../db/database.ts';
import type { Identity } from '../../http/identity.ts';
import { PERSON_COLUMNS, type PersonRow, toPerson } from '../person-row.ts';
import { hashToken } from '../secret-token.ts';

/** Of an agent's credential, or of a person's token. */
type Row = { readonly agent_name: string; readonly agent_id: string; readonly environment: string } & (
  | { readonly token_id: null }
  | (PersonRow & { readonly token_id: string })
);

const STATEMENT = `
select a.name as agent_name, a.id as agent_id, a.environment,
       null as token_id, null as name, null as role, null::text[] as environments, null::text[] as groups,
       null::timestamptz as expires_at, null::jsonb as policy
from agent_credentials c join agents a on a.id = c.agent_id
where c.token_hash = $1 and c.revoked_at is null and (c.expires_at is null or c.expires_at > now())
union all
select null, null, null, id, ${PERSON_COLUMNS}
from access_tokens
where token_hash = $1 and revoked_at is null and expires_at > now()`;

/**
 * Who a bearer token belongs to. Reads two primary keys, locks nothing; runs with every request of agents and tools.
 * No row: the token is unknown, revoked or expired.
 */
export async function findIdentityByToken(db: Db, token: string): Promise<Identity | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [hashToken(token)]);
  const row = rows[0];
  if (!row) return undefined;
  if (row.token_id !== null) return toPerson(row, { csrf: null, sessions: [] });
  const { agent_name: name, agent_id: agentId, environment } = row;
  return { kind: 'agent', name, role: 'agent', agentId, environment };
}
