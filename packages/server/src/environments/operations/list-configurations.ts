import type { ConfigurationView } from '@towpath/api';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly agent: string;
  readonly hash: string;
  readonly reported_at: string;
  readonly report: Pick<ConfigurationView, 'values' | 'problems' | 'targets'>;
}

const STATEMENT = `
select a.name as agent, c.hash, c.reported_at, c.report
from environment_configurations c
join agents a on a.id = c.agent_id
where c.environment = $1
order by a.name`;

/** The last reports of the agents of an environment. Uses environment_configurations_pkey. */
export async function listConfigurations(db: Db, environment: string): Promise<ConfigurationView[]> {
  const { rows } = await db.query<Row>(STATEMENT, [environment]);
  return rows.map(({ agent, hash, reported_at, report: { values, problems, targets } }) => ({
    agent,
    reportedAt: reported_at,
    hash,
    values,
    problems,
    targets,
  }));
}
