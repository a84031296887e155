// A79: a plan file is approved by its hash, and only by whom the policy names.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PromotionRules } from '../promotion/policy.ts';
import type { DeployPlanFacts, DeployPlanSignOff } from './promotion-facts.ts';
import { askGate, sayGate } from './testing/ask-gate.ts';
import { HOUR_MS, known, NOW_MS } from './testing/build-facts.ts';

const RULES: Pick<PromotionRules, 'deployPlan'> = {
  deployPlan: { approvals: { 'release-manager': 1 }, expiresHours: 24 },
};
const SHA256 = 'e'.repeat(64);

const word = (overrides: Partial<DeployPlanSignOff> = {}): DeployPlanSignOff => ({
  ...{ role: 'release-manager', person: 'rob', decision: 'approved', note: null },
  ...overrides,
});

const buildPlan = (overrides: Partial<DeployPlanFacts> = {}): DeployPlanFacts => ({
  ...{ id: 'p', agent: 'one', expiresAtMs: NOW_MS + HOUR_MS, signOffs: [word()] },
  content: { kind: 'made', sha256: SHA256 },
  ...overrides,
});

const say = (plan: DeployPlanFacts | null, rules = RULES) =>
  sayGate('deploy-plan', { facts: { deployPlan: known(plan) }, rules });

describe('A79 the gate of a deploy plan', () => {
  const FAILED = { kind: 'failed', code: 'X', message: 'no' } as const;
  test.each([
    ['approved', buildPlan(), 'allow DEPLOY_PLAN_APPROVED'],
    ['not made yet', null, 'defer DEPLOY_PLAN_MISSING'],
    ['nobody said anything', buildPlan({ signOffs: [] }), 'defer DEPLOY_PLAN_UNAPPROVED'],
    ['another role', buildPlan({ signOffs: [word({ role: 'engineer' })] }), 'defer DEPLOY_PLAN_UNAPPROVED'],
    ['who made the release', buildPlan({ signOffs: [word({ person: 'anna' })] }), 'defer DEPLOY_PLAN_UNAPPROVED'],
    ['who left since', buildPlan({ signOffs: [word({ accessRevokedAtMs: NOW_MS })] }), 'defer DEPLOY_PLAN_UNAPPROVED'],
    ['who asked for it', buildPlan({ signOffs: [word({ person: 'rita' })] }), 'defer DEPLOY_PLAN_UNAPPROVED'],
    [
      'refused',
      buildPlan({ signOffs: [word(), word({ person: 'x', decision: 'refused' })] }),
      'deny DEPLOY_PLAN_REFUSED',
    ],
    ['a millisecond before it expires', buildPlan({ expiresAtMs: NOW_MS + 1 }), 'allow DEPLOY_PLAN_APPROVED'],
    ['when it expires', buildPlan({ expiresAtMs: NOW_MS }), 'defer DEPLOY_PLAN_EXPIRED'],
    ['it could not be made', buildPlan({ content: FAILED }), 'defer DEPLOY_PLAN_FAILED'],
  ])('%s', (_, plan, said) => {
    expect(say(plan)).toBe(said);
  });

  test('a policy without plans asks for none', () => {
    expect(say(null, { deployPlan: null })).toBe('allow DEPLOY_PLAN_NOT_WANTED');
  });

  test('says which hash was approved, by whom and until when', () => {
    expect(askGate('deploy-plan', { facts: { deployPlan: known(buildPlan()) }, rules: RULES }).evidence).toEqual({
      ...{ planId: 'p', agent: 'one', sha256: SHA256, expiresAt: '2026-06-16T11:00:00.000Z' },
      given: { 'release-manager': ['rob'] },
    });
  });

  test('allows nothing that fewer people of the role have approved than the policy names', () => {
    const arbWord = fc.record({
      role: fc.constantFrom('release-manager', 'engineer'),
      person: fc.constantFrom('anna', 'rita', 'rob', 'ron', 'rea'),
      decision: fc.constant('approved' as const),
      note: fc.constant(null),
    });
    fc.assert(
      fc.property(fc.array(arbWord, { maxLength: 6 }), (signOffs) => {
        const rules = { deployPlan: { approvals: { 'release-manager': 2 }, expiresHours: 1 } };
        // Each has one word: here the first, as none says when it was given.
        const words = signOffs.filter(({ person }, at) => signOffs.findIndex((one) => one.person === person) === at);
        const counted = words.filter(
          ({ role, person }) => role === 'release-manager' && person.startsWith('r') && person !== 'rita',
        );
        const isAllowed = new Set(counted.map(({ person }) => person)).size >= 2;
        expect(say(buildPlan({ signOffs }), rules).startsWith('allow')).toBe(isAllowed);
      }),
    );
  });
});
