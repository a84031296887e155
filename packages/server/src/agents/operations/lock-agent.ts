import type { EnvironmentKind } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** The environment of an agent. */
export interface AgentEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
}

const STATEMENT = `
select e.name, e.kind
from agents a join environments e on e.name = a.environment
where a.id = $1
for no key update of a`;

/** Locks an agent, so that openings of its sessions follow each other; returns its environment. Uses agents_pkey. */
export async function lockAgent(db: Db, agentId: string): Promise<AgentEnvironment> {
  const { rows } = await db.query<AgentEnvironment>(STATEMENT, [agentId]);
  const row = rows[0];
  if (!row) throw new Error(`agent ${agentId} has a credential but no row`);
  return row;
}
