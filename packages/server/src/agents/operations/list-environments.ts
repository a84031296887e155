import type { EnvironmentView } from '@towpath/api';
import type { EnvironmentKind } from '@towpath/core';
import { LIVE_STATES_SQL } from '../../attempts/live-states.ts';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly agent: string | null;
  readonly host: string;
  readonly version: string;
  readonly last_seen_at: string;
  readonly is_live: boolean;
  readonly attempts_held: number;
}

const STATEMENT = `
select e.name, e.kind, a.name as agent, s.host, s.version, s.last_seen_at, s.lease_ends_at > now() as is_live,
       (select count(*) from attempts h where h.agent_id = a.id and h.state in (${LIVE_STATES_SQL})) as attempts_held
from environments e
left join agents a
  join agent_sessions s on s.agent_id = a.id and s.ended_at is null
on a.environment = e.name
order by e.position, e.name, a.name`;

/**
 * Environments in their order, each with the open sessions of its agents. Uses agent_sessions_live_agent_key
 * and attempts_live_agent_idx.
 */
export async function listEnvironments(db: Db): Promise<EnvironmentView[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, ofOne]) => ({
    name,
    kind: ofOne[0]?.kind ?? 'production',
    agents: ofOne.flatMap(({ agent, host, version, last_seen_at, is_live, attempts_held }) =>
      agent === null
        ? []
        : [{ name: agent, host, version, lastSeenAt: last_seen_at, isLive: is_live, attemptsHeld: attempts_held }],
    ),
  }));
}
