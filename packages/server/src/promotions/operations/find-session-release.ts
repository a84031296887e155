import type { ReleaseBill } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** What a session has to load, and what it said last. */
export interface SessionRelease {
  readonly desired: {
    readonly id: string;
    readonly version: string;
    readonly bundleHash: string | null;
    readonly gitSha: string;
    readonly datakits: ReleaseBill['datakits'];
    /** All agents had it before. */
    readonly isInEffect: boolean;
    /** Accepted when the promotion began: it alone may be applied. */
    readonly deployPlan: {
      readonly id: string;
      readonly promotionId: string;
      readonly sha256: string;
      readonly isOwn: boolean;
    } | null;
  } | null;
  /** Null: it reported none. */
  readonly reportedId: string | null;
}

interface Row {
  readonly id: string | null;
  readonly version: string;
  readonly bundle_hash: string | null;
  readonly git_sha: string;
  readonly datakits: ReleaseBill['datakits'];
  readonly reported_id: string | null;
  readonly is_in_effect: boolean;
  readonly promotion_id: string;
  readonly plan_id: string | null;
  readonly sha256: string;
  readonly is_own: boolean;
}

const STATEMENT = `
select l.id, l.version, l.bundle_hash, l.bill->>'gitSha' as git_sha, l.bill->'datakits' as datakits, r.release_id as reported_id,
       p.state = 'succeeded' as is_in_effect, d.promotion_id, a.id as plan_id, a.sha256, a.agent_id = s.agent_id as is_own
from (select $1::text as environment, $2::uuid as session_id) k
left join desired_releases d on d.environment = k.environment
left join releases l on l.id = d.release_id
left join promotions p on p.id = d.promotion_id
left join deploy_plans a on a.promotion_id = d.promotion_id and a.withdrawn_at is null and a.accepted_at is not null
left join agent_sessions s on s.id = k.session_id
left join session_releases r on r.session_id = k.session_id`;

/** Both, in one look; with each poll of an agent. Uses the primary keys; locks nothing. */
export async function findSessionRelease(db: Db, environment: string, sessionId: string): Promise<SessionRelease> {
  const { rows } = await db.query<Row>(STATEMENT, [environment, sessionId]);
  const [row] = rows;
  if (!row) throw new Error('a statement that always has a row had none');
  return { desired: row.id === null ? null : toDesired({ ...row, id: row.id }), reportedId: row.reported_id };
}

function toDesired(row: Row & { readonly id: string }): NonNullable<SessionRelease['desired']> {
  const { id, version, bundle_hash: bundleHash, git_sha: gitSha, datakits, is_in_effect: isInEffect, plan_id } = row;
  const { promotion_id: promotionId, sha256, is_own: isOwn } = row;
  const deployPlan = plan_id === null ? null : { id: plan_id, promotionId, sha256, isOwn };
  return { id, version, bundleHash, gitSha, datakits, isInEffect, deployPlan };
}
