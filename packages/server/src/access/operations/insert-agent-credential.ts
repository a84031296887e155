import type { Db } from '../../db/database.ts';
import { createToken, hashToken } from '../secret-token.ts';

/** Which agent of which environment. */
export interface AgentName {
  readonly environment: string;
  readonly agent: string;
}

/** A credential to be made. */
export interface NewAgentCredential extends AgentName {
  /** Absent: it holds until it is revoked. */
  readonly lifeDays?: number | undefined;
}

const STATEMENT = `
with named as (
  insert into agents (environment, name)
  values ($1, $2)
  on conflict (environment, name) do update set name = excluded.name
  returning id
)
insert into agent_credentials (token_hash, agent_id, expires_at)
select $3, id, now() + make_interval(days => $4) from named`;

/** Names an agent, if it is new, and gives it another credential; returns the token, of which only the hash is kept. */
export async function insertAgentCredential(
  db: Db,
  { environment, agent, lifeDays }: NewAgentCredential,
): Promise<string> {
  const token = createToken('agent');
  await db.query(STATEMENT, [environment, agent, hashToken(token), lifeDays ?? null]);
  return token;
}
