import type { Db } from '../../db/database.ts';

/** What a person says of a plan. */
export interface NewDeployPlanSignOff {
  readonly planId: string;
  readonly person: string;
  readonly role: string;
  readonly decision: 'approved' | 'refused';
  readonly note?: string | undefined;
}

const STATEMENT = `
insert into deploy_plan_sign_offs (plan_id, person, role, decision, note)
values ($1, $2, $3, $4, $5)
on conflict (plan_id, person) do update
set role = excluded.role, decision = excluded.decision, note = excluded.note, given_at = now()
where (deploy_plan_sign_offs.role, deploy_plan_sign_offs.decision) is distinct from (excluded.role, excluded.decision)
  or exists (select from people p where p.name = excluded.person and p.revoked_at >= deploy_plan_sign_offs.given_at)`;

/** Keeps a person's word about a plan: the last one. False: they had said the same before, and have not left since. */
export async function saveDeployPlanSignOff(db: Db, signOff: NewDeployPlanSignOff): Promise<boolean> {
  const { planId, person, role, decision, note } = signOff;
  return (await db.query(STATEMENT, [planId, person, role, decision, note ?? null])).rowCount === 1;
}
