import type { Db } from '../../db/database.ts';

/** What a person says of a plan. */
export interface NewDeployPlanSignOff {
  readonly planId: string;
  readonly person: string;
  readonly role: string;
  readonly decision: 'approved' | 'refused';
  readonly note?: string | undefined;
  /** See `Human`. */
  readonly account: string;
  /** Whether the role follows from bindings. */
  readonly isByBinding: boolean;
}

const STATEMENT = `
insert into deploy_plan_sign_offs (plan_id, person, role, decision, note, account, is_by_binding)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (plan_id, person) do update
set role = excluded.role, decision = excluded.decision, note = excluded.note, given_at = now(),
  account = excluded.account, is_by_binding = excluded.is_by_binding
where (deploy_plan_sign_offs.role, deploy_plan_sign_offs.decision, deploy_plan_sign_offs.account, deploy_plan_sign_offs.is_by_binding)
    is distinct from (excluded.role, excluded.decision, excluded.account, excluded.is_by_binding)
  or exists (select from people p where p.name = excluded.person and p.revoked_at >= deploy_plan_sign_offs.given_at)`;

/** Keeps a person's word about a plan: the last one. False: they had said the same before, and have not left since. */
export async function saveDeployPlanSignOff(db: Db, signOff: NewDeployPlanSignOff): Promise<boolean> {
  const { planId, person, role, decision, note, account, isByBinding } = signOff;
  const values = [planId, person, role, decision, note ?? null, account, isByBinding];
  return (await db.query(STATEMENT, values)).rowCount === 1;
}
