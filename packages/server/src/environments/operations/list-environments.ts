import { DeclaredEnvironment, type EnvironmentView } from '@towpath/api';
import { ENVIRONMENT_COLOURS, type EnvironmentKind } from '@towpath/core';
import { LIVE_STATES_SQL } from '../../attempts/live-states.ts';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly declaration: unknown;
  readonly project: string | null;
  readonly declared_at: string;
  readonly declared_by: string;
  readonly agent: string | null;
  readonly host: string;
  readonly version: string;
  readonly last_seen_at: string;
  readonly is_live: boolean;
  readonly attempts_held: number;
  readonly max_attempts: number | null;
}

const STATEMENT = `
select e.name, e.kind, e.declaration, e.project, e.declared_at, e.declared_by,
       a.name as agent, s.host, s.version, s.last_seen_at, s.lease_ends_at > now() as is_live, s.max_attempts,
       (select count(*) from attempts h where h.agent_id = a.id and h.state in (${LIVE_STATES_SQL})) as attempts_held
from environments e
left join agents a
  join agent_sessions s on s.agent_id = a.id and s.ended_at is null
on a.environment = e.name
order by e.position, e.name, a.name`;

/**
 * Environments in their order, as they are declared, each with the open sessions of its agents. Uses
 * agent_sessions_live_agent_key and attempts_live_agent_idx.
 */
export async function listEnvironments(db: Db): Promise<EnvironmentView[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return [...Map.groupBy(rows, ({ name }) => name).values()].flatMap((ofOne) => {
    const [first] = ofOne;
    return first ? [{ ...toDeclared(first), agents: ofOne.flatMap(toAgent) }] : [];
  });
}

function toDeclared(row: Row): Omit<EnvironmentView, 'agents'> {
  const { name, kind, project, declaration } = row;
  return {
    name,
    kind,
    colour: ENVIRONMENT_COLOURS[kind],
    // What an older server stored may lack what has come since; the schema fills it.
    declaration: declaration === null ? null : DeclaredEnvironment.parse(declaration),
    declared: project === null ? null : { project, at: row.declared_at, by: row.declared_by },
  };
}

function toAgent(row: Row): EnvironmentView['agents'] {
  const { agent, host, version } = row;
  if (agent === null) return [];
  const { last_seen_at: lastSeenAt, is_live: isLive, attempts_held: attemptsHeld, max_attempts: maxAttempts } = row;
  return [{ name: agent, host, version, lastSeenAt, isLive, attemptsHeld, maxAttempts }];
}
