// What gates say of a promotion that somebody asks for, before there is one. The same code as when it is carried out.
import type { ReleaseView } from '@towpath/api';
import { judgePromotion } from '@towpath/core';
import type { Db } from '../db/database.ts';
import type { HolidayBook } from './holiday-book.ts';
import type { PromotionTarget } from './operations/find-target.ts';
import { planRequest } from './plan-request.ts';
import type { Promoter } from './promoter.ts';
import { readFacts } from './read-facts.ts';

/** A promotion as it is asked for. */
export interface JudgedRequest {
  readonly release: ReleaseView;
  readonly target: PromotionTarget;
  readonly rollbackPlan?: string | undefined;
  readonly changeRecord?: string | undefined;
  readonly emergency?: { readonly reason: string } | undefined;
  /** Who asks. */
  readonly by: Pick<Promoter, 'name' | 'tokenId'>;
  readonly atMs: number;
}

/** Plans and judges it. The book of holidays is loaded. Changes nothing, locks nothing. */
export async function judgeRequest(db: Db, book: HolidayBook, request: JudgedRequest) {
  const { release, target, rollbackPlan = null, changeRecord = null, by, atMs } = request;
  const { from, plan, emergency } = await planRequest(db, { release, target, emergency: request.emergency, atMs });
  const asked = {
    release,
    target,
    initiator: by.name,
    by,
    rollbackPlan,
    changeRecord,
    notBefore: null,
    emergency,
    atMs,
  };
  const { policyVersion, ...judged } = await readFacts(db, book, asked);
  return { from, plan, emergency, policyVersion, judgement: judgePromotion({ ...judged, gates: plan.gates }, atMs) };
}
