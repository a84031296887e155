// Promotions and rollbacks that ended in every way: a person's no, a gate's no, by hand, superseded, technically.
import type { PromotionView } from '@towpath/api';
import { GATE_REASONS } from '@towpath/core';
import type { World } from './fixtures.ts';
import { promotionOf, signOffOf, verdictOf } from './promotion-fixtures.ts';
import { DONE_ID, NEW_RELEASE, OLD_RELEASE, promotionsWorld } from './world-promotions.ts';

const HOUR = 3_600_000;

const ENDS: readonly Partial<PromotionView>[] = [
  {
    state: 'failed',
    ...{ endCode: 'SIGN_OFF_REFUSED', endReason: GATE_REASONS.SIGN_OFF_REFUSED },
    verdicts: [
      verdictOf('soak', 'allow', 'SOAK_NOT_WANTED'),
      verdictOf('sign-offs', 'deny', 'SIGN_OFF_REFUSED', {
        evidence: { by: 'lea', role: 'business', note: 'rows of the clearing house are missing' },
      }),
    ],
  },
  {
    state: 'failed',
    ...{ endCode: 'ROLLBACK_PLAN_MISSING', endReason: GATE_REASONS.ROLLBACK_PLAN_MISSING },
    verdicts: [verdictOf('rollback-plan', 'deny', 'ROLLBACK_PLAN_MISSING')],
  },
  { state: 'aborted', endCode: 'ABORTED', endReason: 'too late today' },
  { state: 'aborted', endCode: 'SUPERSEDED', endReason: 'Another promotion took its place.' },
  { state: 'errored', endCode: 'RELEASE_NOT_LOADED', endReason: 'prod-a could not load it.' },
  {
    ...{ kind: 'rollback', state: 'succeeded', note: 'orders load twice' },
    rollsBackFrom: { id: NEW_RELEASE.id, version: NEW_RELEASE.version },
  },
];

/** Six that ended in prod, newest last named first in the list. */
export function endsWorld(): World {
  const world = promotionsWorld();
  const ended = ENDS.map((more, index) => {
    const release = more.kind === 'rollback' ? OLD_RELEASE : NEW_RELEASE;
    const asked = { environment: 'prod', release, from: OLD_RELEASE, state: more.state ?? 'failed', more };
    return promotionOf({ ...asked, number: 10 + index, agoMs: (index + 1) * HOUR });
  });
  return { ...world, promotions: { ...world.promotions, promotions: ended } };
}

/** What came into int as an emergency was rolled back an hour ago; somebody approved it once more since. */
export function replacedWorld(): World {
  const world = promotionsWorld();
  const { promotions, rows, signOffs } = world.promotions;
  const done = promotions.find(({ id }) => id === DONE_ID);
  const row = rows.find(({ environment }) => environment === 'int');
  if (!done || !row) throw new Error('nothing is done');
  const expiresAt = new Date(Date.now() + 3 * HOUR).toISOString();
  Object.assign(done, {
    emergency: { reason: 'orders are lost', skipped: ['cycles'], expiresAt },
    verdicts: [
      verdictOf('order', 'allow', 'ORDER_KEPT'),
      verdictOf('soak', 'defer', 'SOAK_RUNNING', { askAgainAt: expiresAt }),
    ],
  });
  const more: Partial<PromotionView> = { kind: 'rollback', note: 'orders load twice', rollsBackFrom: done.release };
  const asked = { environment: 'int', release: OLD_RELEASE, from: NEW_RELEASE, state: 'succeeded' } as const;
  const back = promotionOf({ ...asked, number: 20, agoMs: HOUR, more });
  back.plan.gates = [];
  back.plan.steps = back.plan.steps.filter((step) => step !== 'judge-gates');
  promotions.unshift(back);
  Object.assign(row, { deployment: { release: back.release, since: back.endedAt }, desired: back.release });
  const before = new Date(Date.now() - 49 * HOUR).toISOString();
  signOffs.push(
    signOffOf(NEW_RELEASE.id, 8, { environment: 'int', person: 'lena', note: null }),
    signOffOf(NEW_RELEASE.id, 9, { environment: 'int', person: 'mia', givenAt: before, note: null }),
  );
  return world;
}
