import type { ReleaseBill } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** Who asks, and how long a plan counts there. */
export interface WantedPlanQuestion {
  readonly environment: string;
  readonly agentId: string;
  /** By the rule in force. */
  readonly hours: number | null;
}

/** The plan that an agent is to have made. */
export interface WantedPlan {
  readonly promotionId: string;
  /** Null: it is to make one. */
  readonly sha256: string | null;
  readonly release: {
    readonly id: string;
    readonly version: string;
    readonly gitSha: string;
    readonly datakits: ReleaseBill['datakits'];
  };
}

interface Row {
  readonly promotion_id: string;
  readonly sha256: string | null;
  readonly is_due: boolean;
  readonly id: string;
  readonly version: string;
  readonly git_sha: string;
  readonly datakits: ReleaseBill['datakits'];
}

const STATEMENT = `
with planners as (
  select a.id, a.name
  from agents a
  join agent_sessions s on s.agent_id = a.id and s.ended_at is null and s.silent_at is null
  where a.environment = $1 and s.makes_deploy_plans
)
select p.id as promotion_id, l.id, l.version, l.bill->>'gitSha' as git_sha, l.bill->'datakits' as datakits, d.sha256,
       d.id is null or least(d.expires_at, d.made_at + $3::float8 * interval '1 hour') <= now() or d.agent_id <> $2 as is_due
from promotions p
join releases l on l.id = p.release_id
left join deploy_plans d on d.promotion_id = p.id and d.withdrawn_at is null
where p.environment = $1 and p.state = 'pending'
  and jsonb_path_exists(p.verdicts, '$[*] ? (@.gate == "deploy-plan" && @.code != "DEPLOY_PLAN_NOT_WANTED")')
  and $2 = coalesce(
    (select o.id from planners o where o.id = d.agent_id),
    (select o.id from planners o order by o.name limit 1))`;

/**
 * The plan that this agent is to have made for the promotion that waits in its environment: who made it while it lives, else the
 * first one by name that can. With each poll of such an agent. Uses promotions_live_key, deploy_plans_current_key and
 * agent_sessions_live_agent_key; locks nothing. Undefined: none.
 */
export async function findWantedPlan(
  db: Db,
  { environment, agentId, hours }: WantedPlanQuestion,
): Promise<WantedPlan | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [environment, agentId, hours]);
  const [row] = rows;
  if (!row) return undefined;
  const { promotion_id: promotionId, sha256, is_due, id, version, git_sha: gitSha, datakits } = row;
  // What could not be made is asked for again when that has expired.
  if (!is_due && sha256 === null) return undefined;
  return { promotionId, sha256: is_due ? null : sha256, release: { id, version, gitSha, datakits } };
}
