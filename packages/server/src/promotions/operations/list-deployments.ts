import type { PastDeployment } from '@towpath/core';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly release_id: string;
  readonly was_rolled_back: boolean;
  readonly is_refused: boolean;
}

const STATEMENT = `
select d.release_id, coalesce(p.kind = 'rollback', false) as was_rolled_back,
       exists (
         select from sign_offs s
         where s.release_id = d.release_id and s.environment = d.environment and s.decision = 'refused' and s.withdrawn_at is null
       ) as is_refused
from deployments d
left join promotions p on p.id = d.ended_by
where d.environment = $1
order by d.ended_at is null desc, d.id desc
limit 1000`;

/**
 * What an environment ran, newest first, the current one before all. Uses deployments_environment_idx and sign_offs_release_idx; locks
 * nothing.
 */
export async function listDeployments(db: Db, environment: string): Promise<readonly PastDeployment[]> {
  const { rows } = await db.query<Row>(STATEMENT, [environment]);
  return rows.map(({ release_id, was_rolled_back, is_refused }) => ({
    releaseId: release_id,
    wasRolledBack: was_rolled_back,
    isRefused: is_refused,
  }));
}
