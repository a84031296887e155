import type { Db } from '../../db/database.ts';
import type { Identity, PersonIdentity } from '../../http/identity.ts';
import { hashToken } from '../secret-token.ts';

interface Row {
  readonly name: string;
  readonly role: PersonIdentity['role'] | null;
  readonly agent_id: string;
  readonly environment: string;
}

const STATEMENT = `
select a.name, null as role, a.id as agent_id, a.environment
from agent_credentials c join agents a on a.id = c.agent_id
where c.token_hash = $1 and c.revoked_at is null and (c.expires_at is null or c.expires_at > now())
union all
select name, role, null, null
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
  if (row.role) return { kind: 'person', name: row.name, role: row.role, csrf: null };
  return { kind: 'agent', name: row.name, role: 'agent', agentId: row.agent_id, environment: row.environment };
}
