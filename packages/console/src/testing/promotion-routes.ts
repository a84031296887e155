// Promotions, releases and calendars of a world in memory.
import {
  AbortPromotion,
  CompareReleases,
  DeclareFreeze,
  GetBoard,
  GetCalendar,
  GetPolicy,
  GetPromotion,
  GetRelease,
  GiveSignOff,
  LiftFreeze,
  LiftRefusal,
  ListDeployPlans,
  ListPromotions,
  ListReleases,
  ListSignOffs,
  OpenPromotion,
  PlanPromotion,
  PlanRollback,
  type PromotionView,
  RetryPromotion,
  RollBack,
  SignDeployPlan,
  WithdrawSignOff,
} from '@towpath/api';
import { compareReleases, planPromotion, SHIPPED_POLICY } from '@towpath/core';
import { z } from 'zod';
import { type Answer, json, type Reply, type Route } from './answers.ts';
import { uuidOf, type World } from './fixtures.ts';
import { freezeOf, promotionOf } from './promotion-fixtures.ts';

export const PROMOTION_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/api\/board$/,
    answer: ({ promotions: { rows, pipelines } }) => json(GetBoard, { rows, pipelines }),
  },
  {
    method: 'GET',
    path: /^\/api\/releases$/,
    answer: ({ promotions: { releases } }) => json(ListReleases, { releases }),
  },
  { method: 'GET', path: /^\/api\/releases\/([^/]+)$/, answer: getRelease },
  { method: 'GET', path: /^\/api\/releases\/([^/]+)\/differences$/, answer: compare },
  {
    method: 'GET',
    path: /^\/api\/promotions$/,
    answer: ({ promotions: { promotions } }) => json(ListPromotions, { promotions }),
  },
  { method: 'POST', path: /^\/api\/promotions$/, answer: openPromotion },
  { method: 'POST', path: /^\/api\/promotions\/plan$/, answer: plan },
  {
    method: 'GET',
    path: /^\/api\/promotions\/([^/]+)$/,
    answer: (world, _, id) => withPromotion(world, id, (one) => json(GetPromotion, one)),
  },
  {
    method: 'GET',
    path: /^\/api\/promotions\/([^/]+)\/deploy-plans$/,
    answer: ({ promotions: { deployPlans } }, _, id) =>
      json(ListDeployPlans, { plans: deployPlans.filter(({ promotionId }) => promotionId === id) }),
  },
  { method: 'POST', path: /^\/api\/promotions\/([^/]+)\/deploy-plan\/sign-offs$/, answer: signPlan },
  { method: 'POST', path: /^\/api\/promotions\/([^/]+)\/abort$/, answer: abort },
  { method: 'POST', path: /^\/api\/promotions\/([^/]+)\/retry$/, answer: retry },
  { method: 'POST', path: /^\/api\/environments\/([^/]+)\/rollback$/, answer: rollBack },
  { method: 'GET', path: /^\/api\/environments\/([^/]+)\/rollback$/, answer: planWayBack },
  { method: 'GET', path: /^\/api\/sign-offs$/, answer: listSignOffs },
  { method: 'POST', path: /^\/api\/sign-offs$/, answer: giveSignOff },
  { method: 'DELETE', path: /^\/api\/sign-offs\/([^/]+)$/, answer: withdraw },
  { method: 'POST', path: /^\/api\/sign-offs\/([^/]+)\/lift$/, answer: liftRefusal },
  { method: 'GET', path: /^\/api\/environments\/([^/]+)\/calendar$/, answer: getCalendar },
  { method: 'POST', path: /^\/api\/freezes$/, answer: declare },
  { method: 'POST', path: /^\/api\/freezes\/([^/]+)\/lift$/, answer: lift },
  {
    method: 'GET',
    path: /^\/api\/policy$/,
    answer: ({ promotions: { rules } }) =>
      json(GetPolicy, { version: 0, policy: SHIPPED_POLICY, rules, appliedAt: null, appliedBy: null, note: null }),
  },
];

const Asked = z.object({
  releaseId: z.string(),
  environment: z.string(),
  rollbackPlan: z.string().optional(),
  notBefore: z.string().optional(),
  note: z.string().optional(),
  emergency: z.object({ reason: z.string() }).optional(),
});
const Reason = z.object({
  reason: z.string(),
  fullRefresh: z.object({ models: z.array(z.string()) }).optional(),
});
const SignOff = z.object({
  releaseId: z.string(),
  environment: z.string(),
  decision: z.enum(['approved', 'refused']),
  note: z.string().optional(),
});

function missing(what: string): Reply {
  return { problem: { status: 404, code: 'UNKNOWN', title: `There is no ${what}.` } };
}

function withPromotion({ promotions }: World, id: string, answer: (promotion: PromotionView) => Reply): Reply {
  const found = promotions.promotions.find((one) => one.id === id);
  return found ? answer(found) : missing('promotion');
}

function getRelease({ promotions }: World, _: Parameters<Answer>[1], id: string): Reply {
  const found = promotions.releases.find((one) => one.id === id);
  return found ? json(GetRelease, found) : missing('release');
}

function compare({ promotions }: World, { url }: Parameters<Answer>[1], id: string): Reply {
  const after = promotions.releases.find((one) => one.id === id);
  const before = promotions.releases.find((one) => one.id === url.searchParams.get('from'));
  if (!before || !after) return missing('release');
  return json(CompareReleases, { differences: [...compareReleases(before.bill, after.bill)], leftOut: 0 });
}

function openPromotion({ promotions }: World, { body }: Parameters<Answer>[1]): Reply {
  const { releaseId, environment, rollbackPlan = null, notBefore = null, note = null } = Asked.parse(body);
  const release = promotions.releases.find((one) => one.id === releaseId);
  const row = promotions.rows.find((one) => one.environment === environment);
  if (!release || !row) return missing('release or environment');
  const from = promotions.releases.find((one) => one.id === row.deployment?.release.id) ?? null;
  const number = promotions.promotions.length + 10;
  const more = { rollbackPlan, notBefore, note };
  const opened = promotionOf({ number, environment, release, from, state: 'running', agoMs: 0, more });
  promotions.promotions.unshift(opened);
  row.promotion = opened;
  return json(OpenPromotion, opened);
}

function plan({ promotions }: World, { body }: Parameters<Answer>[1]): Reply {
  const { releaseId, environment, rollbackPlan, emergency } = Asked.parse(body);
  const release = promotions.releases.find((one) => one.id === releaseId);
  const row = promotions.rows.find((one) => one.environment === environment);
  if (!release || !row) return missing('release or environment');
  const from = promotions.releases.find((one) => one.id === row.deployment?.release.id) ?? null;
  const planned = promotionOf({ number: 0, environment, release, from, state: 'pending', agoMs: 0 });
  const verdicts = promotions.promotions.find((one) => one.state === 'pending')?.verdicts ?? [];
  const missingPlan = verdicts.filter(({ gate }) => gate !== 'rollback-plan' || rollbackPlan !== undefined);
  return json(PlanPromotion, {
    release: planned.release,
    from: row.deployment?.release ?? null,
    plan: planned.plan,
    at: new Date().toISOString(),
    decision: 'defer',
    askAgainAt: null,
    verdicts: missingPlan,
    policyVersion: 0,
    emergency: emergency ? { ...emergency, skipped: ['soak'], expiresAt: new Date().toISOString() } : null,
  });
}

function abort(world: World, { body }: Parameters<Answer>[1], id: string): Reply {
  return withPromotion(world, id, (promotion) => {
    const endedAt = new Date().toISOString();
    Object.assign(promotion, { state: 'aborted', endedAt, endCode: 'ABORTED', endReason: Reason.parse(body).reason });
    for (const row of world.promotions.rows) if (row.promotion?.id === id) row.promotion = null;
    return json(AbortPromotion, promotion);
  });
}

function retry(world: World, _: Parameters<Answer>[1], id: string): Reply {
  return withPromotion(world, id, (promotion) => {
    const again = { ...promotion, id: uuidOf(800_091), state: 'running', endedAt: null, endReason: null } as const;
    world.promotions.promotions.unshift(again);
    return json(RetryPromotion, again);
  });
}

/** From the newest release to the oldest, whose `surveillance` makes models anew. */
const nowhereBack: Reply = { problem: { status: 409, code: 'ROLLBACK_IMPOSSIBLE', title: 'It ran none before.' } };

function planWayBack({ promotions: { releases } }: World): Reply {
  const [from, to] = [releases[0], releases.at(-1)];
  if (!from || !to || from === to) return nowhereBack;
  const toName = ({ id, project, version }: typeof from) => ({ id, project, version });
  const plan = structuredClone(planPromotion('rollback', from.bill, to.bill, [])) as PromotionView['plan'];
  return json(PlanRollback, {
    ...{ from: toName(from), to: toName(to), plan },
    ...{ refreshPipelines: to.bill.dbt ? ['surveillance'] : [], refresh: null },
  });
}

function rollBack({ promotions }: World, { body }: Parameters<Answer>[1], environment: string): Reply {
  const release = promotions.releases.at(-1);
  if (!release) return missing('release');
  const { reason, fullRefresh } = Reason.parse(body);
  const state = { between: [], state: 'waiting', problem: null, run: null } as const;
  const refresh = fullRefresh ? { ...state, between: [], pipeline: 'surveillance', models: fullRefresh.models } : null;
  const more = { kind: 'rollback', note: reason, refresh } as const;
  const back = promotionOf({ number: 90, environment, release, from: null, state: 'running', agoMs: 0, more });
  back.plan.gates = [];
  back.plan.steps = back.plan.steps.filter((step) => step !== 'judge-gates');
  promotions.promotions.unshift(back);
  return json(RollBack, back);
}

function listSignOffs({ promotions }: World, { url: { searchParams } }: Parameters<Answer>[1]): Reply {
  const environment = searchParams.get('environment');
  const own = promotions.signOffs.filter(
    (one) =>
      one.releaseId === searchParams.get('releaseId') && (environment === null || one.environment === environment),
  );
  return json(ListSignOffs, { signOffs: own });
}

const PlanSignOff = z.object({
  sha256: z.string(),
  decision: z.enum(['approved', 'refused']),
  note: z.string().optional(),
});

function giveSignOff({ promotions }: World, { body }: Parameters<Answer>[1]): Reply {
  const { note = null, ...asked } = SignOff.parse(body);
  const given = {
    ...asked,
    note,
    id: uuidOf(830_000 + promotions.signOffs.length),
    role: 'release-manager',
    person: 'console',
    givenAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 7 * 86_400_000).toISOString(),
    withdrawnAt: null,
    withdrawnBy: null,
    withdrawnWhy: null,
    accessRevokedAt: null,
  };
  promotions.signOffs.unshift(given);
  return json(GiveSignOff, given);
}

function signPlan({ promotions }: World, { body }: Parameters<Answer>[1], id: string): Reply {
  const { sha256, decision, note = null } = PlanSignOff.parse(body);
  const found = promotions.deployPlans.find((one) => one.promotionId === id && one.sha256 === sha256);
  if (!found) return missing('plan');
  const givenAt = new Date().toISOString();
  found.signOffs = [{ role: 'release-manager', person: 'console', decision, note, givenAt, accessRevokedAt: null }];
  return json(SignDeployPlan, found);
}

function withdraw({ promotions }: World, _: Parameters<Answer>[1], id: string): Reply {
  const found = promotions.signOffs.find((one) => one.id === id);
  if (!found) return missing('sign-off');
  found.withdrawnAt = new Date().toISOString();
  found.withdrawnBy = found.person;
  return json(WithdrawSignOff, found);
}

function liftRefusal({ promotions }: World, { body }: Parameters<Answer>[1], id: string): Reply {
  const found = promotions.signOffs.find((one) => one.id === id);
  if (!found) return missing('sign-off');
  const { reason } = z.object({ reason: z.string() }).parse(body);
  Object.assign(found, { withdrawnAt: new Date().toISOString(), withdrawnBy: 'console', withdrawnWhy: reason });
  return json(LiftRefusal, found);
}

function getCalendar({ promotions }: World, { url }: Parameters<Answer>[1], environment: string): Reply {
  const { closures, days } = promotions;
  const at = new Date().toISOString();
  return json(GetCalendar, {
    at,
    timeZone: 'UTC',
    closures,
    nextOpen: closures.length > 0 ? null : at,
    openUntil: null,
    freezes: promotions.freezes.filter((one) => one.environment === decodeURIComponent(environment)),
    days: days.slice(0, Number(url.searchParams.get('days') ?? 0)),
  });
}

const Freeze = Reason.extend({ environment: z.string(), endsAt: z.string().optional() });

function declare({ promotions }: World, { body }: Parameters<Answer>[1]): Reply {
  const { environment, reason, endsAt = null } = Freeze.parse(body);
  const declared = {
    ...freezeOf(environment, reason),
    startsAt: new Date().toISOString(),
    endsAt,
    declaredBy: 'console',
  };
  promotions.freezes.push(declared);
  promotions.closures.push({ kind: 'declared', name: reason });
  return json(DeclareFreeze, declared);
}

function lift({ promotions }: World, _: Parameters<Answer>[1], id: string): Reply {
  const found = promotions.freezes.find((one) => one.id === id);
  if (!found) return missing('freeze');
  promotions.freezes = promotions.freezes.filter((one) => one !== found);
  promotions.closures = promotions.closures.filter(({ name }) => name !== found.reason);
  return json(LiftFreeze, { ...found, liftedAt: new Date().toISOString(), liftedBy: 'console' });
}
