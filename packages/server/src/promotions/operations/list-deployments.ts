import type { PastDeployment } from '@towpath/core';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly release_id: string;
  readonly was_rolled_back: boolean;
}

const STATEMENT = `
select d.release_id, coalesce(p.kind = 'rollback', false) as was_rolled_back
from deployments d
left join promotions p on p.id = d.ended_by
where d.environment = $1
order by d.ended_at is null desc, d.id desc
limit 1000`;

/** What an environment ran, newest first, the current one before all. Uses deployments_environment_idx; locks nothing. */
export async function listDeployments(db: Db, environment: string): Promise<readonly PastDeployment[]> {
  const { rows } = await db.query<Row>(STATEMENT, [environment]);
  return rows.map(({ release_id, was_rolled_back }) => ({ releaseId: release_id, wasRolledBack: was_rolled_back }));
}
