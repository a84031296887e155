import type { EmergencyView } from '@towpath/api';
import type { PromotionPlan } from '@towpath/core';
import type { Human } from '../../access/operations/find-human.ts';
import type { Db } from '../../db/database.ts';

/** A promotion that somebody asks for. */
export interface NewPromotion {
  readonly environment: string;
  readonly releaseId: string;
  readonly plan: PromotionPlan;
  readonly rollbackPlan?: string | undefined;
  readonly changeRecord?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly note?: string | undefined;
  readonly emergency?: EmergencyView | undefined;
  readonly requestedBy: string;
  /** Who stands behind it; absent: Towpath itself. */
  readonly behind?: Human | undefined;
  /** The release that a rollback goes back from. */
  readonly rollsBackFrom?: string | undefined;
}

const STATEMENT = `
insert into promotions (environment, release_id, kind, plan, rollback_plan, not_before, note, requested_by, emergency, change_record,
  rolls_back_from, person_behind, account_behind)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
returning id`;

/** Adds a promotion that waits; returns its id. promotions_live_key refuses a second one: the caller has looked. */
export async function insertPromotion(db: Db, promotion: NewPromotion): Promise<string> {
  const { environment, releaseId, plan, rollbackPlan, notBefore, note, requestedBy, emergency, changeRecord } =
    promotion;
  const { rows } = await db.query<{ id: string }>(STATEMENT, [
    environment,
    releaseId,
    plan.kind,
    JSON.stringify(plan),
    rollbackPlan ?? null,
    notBefore ?? null,
    note ?? null,
    requestedBy,
    emergency ? JSON.stringify(emergency) : null,
    changeRecord ?? null,
    promotion.rollsBackFrom ?? null,
    promotion.behind?.name ?? null,
    promotion.behind?.account ?? null,
  ]);
  const [row] = rows;
  if (!row) throw new Error('insert into promotions returned no row');
  return row.id;
}
