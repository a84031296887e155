import type { Db } from '../../db/database.ts';

/** How many plans may be made, and how long one counts. */
export interface PlanPauseQuestion {
  readonly promotionId: string;
  /** Within an hour. */
  readonly most: number;
  /** By the rule in force. */
  readonly hours: number;
}

const STATEMENT = `
select made_at + interval '1 hour' as ends_at
from deploy_plans
where promotion_id = $1 and made_at > clock_timestamp() - interval '1 hour'
  and coalesce(withdrawn_at, clock_timestamp()) < least(expires_at, made_at + $3 * interval '1 hour')
order by made_at desc
offset $2::int - 1 limit 1`;

/**
 * Until when no other plan is taken for a promotion, since so many were made within an hour, each in the place of one that still
 * counted: those that another one followed once they had expired are what the rule wants. Uses deploy_plans_promotion_idx; locks
 * nothing. Undefined: another one may be made.
 */
export async function findPlanPause(
  db: Db,
  { promotionId, most, hours }: PlanPauseQuestion,
): Promise<string | undefined> {
  return (await db.query<{ ends_at: string }>(STATEMENT, [promotionId, most, hours])).rows[0]?.ends_at;
}
