import type { Db } from '../../db/database.ts';

/** Whose word a sign-off is. */
export interface Speaker {
  readonly id: string;
  readonly person: string;
  /** See `Human`; empty: kept by a version before, or of no account. */
  readonly account: string;
  /** Whether access to the name was revoked after it: whoever has it since may be somebody else. */
  readonly isRevokedSince: boolean;
  /** Whether the role followed from bindings when it was given. */
  readonly isByBinding: boolean;
  /** The groups its person came with last; null: not known. */
  readonly groups: readonly string[] | null;
}

const COLUMNS = `s.person, s.account, s.is_by_binding as "isByBinding", p.groups,
       coalesce(p.revoked_at >= s.given_at, false) as "isRevokedSince"`;

const OF_RELEASE = `
select s.id, ${COLUMNS}
from sign_offs s left join people p on p.name = s.person
where s.release_id = $1 and s.environment = $2 and s.withdrawn_at is null`;

const OF_PLAN = `
select s.person as id, ${COLUMNS}
from deploy_plan_sign_offs s left join people p on p.name = s.person
where s.plan_id = $1`;

/** Of the sign-offs of a release in an environment that are not withdrawn. Uses sign_offs_release_idx and people_pkey; locks nothing. */
export async function listSpeakers(db: Db, releaseId: string, environment: string): Promise<readonly Speaker[]> {
  return (await db.query<Speaker>(OF_RELEASE, [releaseId, environment])).rows;
}

/** Of a deploy plan; each has their name for an id. Uses deploy_plan_sign_offs_pkey and people_pkey; locks nothing. */
export async function listPlanSpeakers(db: Db, planId: string): Promise<readonly Speaker[]> {
  return (await db.query<Speaker>(OF_PLAN, [planId])).rows;
}
