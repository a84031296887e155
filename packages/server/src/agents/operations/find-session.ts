import type { Db } from '../../db/database.ts';

/** A session as its agent refers to it. */
export interface SessionKey {
  readonly sessionId: string;
  readonly agentId: string;
}

/** A session, live or ended. */
export interface FoundSession {
  readonly id: string;
  readonly host: string;
  readonly environment: string;
  readonly isEnded: boolean;
  /** Its lease has run out and it has not spoken since: it holds nothing new. */
  readonly isSilent: boolean;
  /** What its agent understands, see AGENT_PROTOCOL. */
  readonly protocol: number;
  /** Its environment has pools at all. */
  readonly hasPools: boolean;
}

interface Row {
  readonly id: string;
  readonly host: string;
  readonly environment: string;
  readonly is_ended: boolean;
  readonly is_silent: boolean;
  readonly protocol: number;
  readonly has_pools: boolean;
}

const STATEMENT = `
select id, host, environment, ended_at is not null as is_ended, silent_at is not null as is_silent,
       protocol, exists (select from pools p where p.environment = s.environment) as has_pools
from agent_sessions s
where id = $1 and agent_id = $2
for key share of s`;

/**
 * A session of this agent, locked against its end and its silence until commit: what a transaction writes for a session is
 * written while it lives. First lock of claim and finish. Uses agent_sessions_pkey. Undefined: not a session of this agent.
 *
 * `for key share` conflicts with `for update` alone. Whoever ends or silences a session therefore takes `for update` before
 * it does, and sees all that was granted to it; who waited here for such an end sees the row as it is then. A renewal only
 * moves instants (an update that leaves the key alone), so it passes: with `for share` claims that overlap without a gap
 * kept an agent from proving that it lives. That a renewal also ends a silence is harmless to a claim that saw it: it
 * grants nothing and is repeated.
 */
export async function findSession(db: Db, { sessionId, agentId }: SessionKey): Promise<FoundSession | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [sessionId, agentId]);
  const row = rows[0];
  return (
    row && {
      id: row.id,
      host: row.host,
      environment: row.environment,
      isEnded: row.is_ended,
      isSilent: row.is_silent,
      protocol: row.protocol,
      hasPools: row.has_pools,
    }
  );
}
