// The columns of a deploy plan, shared by the statements that find or list them.
import type { DeployPlanSignOffView, DeployPlanView } from '@towpath/api';

/** A row of `DEPLOY_PLAN_COLUMNS`. */
export interface DeployPlanRow {
  readonly id: string;
  readonly promotion_id: string;
  readonly agent: string;
  readonly agent_id: string;
  readonly sha256: string | null;
  readonly size_bytes: string | null;
  readonly output: string;
  readonly is_output_cut: boolean;
  readonly error_code: string | null;
  readonly error_message: string;
  readonly made_at: string;
  readonly expires_at: string;
  readonly accepted_at: string | null;
  readonly withdrawn_at: string | null;
  readonly withdrawn_why: string | null;
  readonly sign_offs: DeployPlanSignOffView[];
}

/**
 * For `select … from deploy_plans d join agents a on a.id = d.agent_id`; $2: how many hours a plan counts by the rule in force, which
 * may be shorter than when it was made. Null: as long as it was made for, since `least` leaves nulls out.
 */
export const DEPLOY_PLAN_COLUMNS = `
d.id, d.promotion_id, a.name as agent, d.agent_id, d.sha256, d.size_bytes, d.output, d.is_output_cut, d.error_code, d.error_message,
d.made_at,
least(d.expires_at, case when d.withdrawn_at is null and d.accepted_at is null then d.made_at + $2::float8 * interval '1 hour' end) as expires_at,
d.accepted_at, d.withdrawn_at, d.withdrawn_why,
coalesce((
  select jsonb_agg(jsonb_build_object('role', s.role, 'person', s.person, 'decision', s.decision, 'note', s.note,
    'givenAt', to_char(s.given_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'accessRevokedAt', (select to_char(p.revoked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      from people p where p.name = s.person and p.revoked_at >= s.given_at)) order by s.given_at, s.person)
  from deploy_plan_sign_offs s where s.plan_id = d.id), '[]') as sign_offs`;

/** The plan as people see it. */
export function toDeployPlanView(row: DeployPlanRow): DeployPlanView {
  const { error_code: code, error_message: message } = row;
  return {
    id: row.id,
    promotionId: row.promotion_id,
    agent: row.agent,
    sha256: row.sha256,
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    output: row.output,
    isOutputCut: row.is_output_cut,
    error: code === null ? null : { code, message },
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at,
    withdrawnAt: row.withdrawn_at,
    withdrawnWhy: row.withdrawn_why,
    signOffs: row.sign_offs,
  };
}
