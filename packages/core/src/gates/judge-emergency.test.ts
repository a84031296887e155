// A70: what an emergency may skip, who lets it through, and when it is over.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEmergency, listEmergencyGates } from '../promotion/emergency.ts';
import type { PersonRole } from '../promotion/policy.ts';
import { SHIPPED_RULES } from '../promotion/policy.ts';
import { judgePromotion } from './judge-promotion.ts';
import type { EmergencyFacts, PromotionFacts, SignOff } from './promotion-facts.ts';
import { askGate, sayGate } from './testing/ask-gate.ts';
import { buildFacts, buildRules, buildSignOff, buildSource, HOUR_MS, known, NOW_MS } from './testing/build-facts.ts';
import { GATES } from './verdict.ts';

const MINUTE_MS = 60_000;
const UNREACHABLE = { isKnown: false, why: 'away' } as const;

const emergency: EmergencyFacts = {
  reason: 'trades are lost',
  skipped: ['rehearsal', 'soak', 'cycles', 'quarantine', 'performance', 'sign-offs', 'window', 'freeze'],
  // Asked for three hours ago.
  expiresAtMs: NOW_MS + HOUR_MS,
};
const vp = buildSignOff({ role: 'vp', person: 'vera' });
const onCall = buildSignOff({ role: 'on-call', person: 'otto' });
const signed = (...signOffs: readonly Partial<SignOff>[]) => ({ signOffs: known(signOffs.map(buildSignOff)) });
const say = (facts: Partial<PromotionFacts>, rules = {}, nowMs = NOW_MS) =>
  sayGate('emergency', { facts: { emergency, ...facts }, rules, nowMs });

describe('A70 an emergency', () => {
  const both = signed(vp, onCall);
  const shipped = SHIPPED_RULES.production.emergency;
  test.each([
    ['VP, on-call and a plan let it through', both, {}, 'allow EMERGENCY_APPROVED'],
    ['no VP', signed(onCall), {}, 'defer EMERGENCY_UNAPPROVED'],
    ['nobody on call', signed(vp), {}, 'defer EMERGENCY_UNAPPROVED'],
    ['no plan', { ...both, rollbackPlan: null }, {}, 'deny ROLLBACK_PLAN_MISSING'],
    [
      'no plan, though the policy wants none otherwise',
      { ...both, rollbackPlan: ' ' },
      { needsRollbackPlan: false },
      'deny ROLLBACK_PLAN_MISSING',
    ],
    ['the VP made the release', signed({ ...vp, person: 'anna' }, onCall), {}, 'defer EMERGENCY_UNAPPROVED'],
    ['the VP asked for it', signed({ ...vp, person: 'rita' }, onCall), {}, 'defer EMERGENCY_UNAPPROVED'],
    ['who is on call asked for it', signed(vp, { ...onCall, person: 'rita' }), {}, 'defer EMERGENCY_UNAPPROVED'],
    [
      'access of the VP was revoked since',
      signed({ ...vp, accessRevokedAtMs: NOW_MS }, onCall),
      {},
      'defer EMERGENCY_UNAPPROVED',
    ],
    ['for another release', signed({ ...vp, releaseId: 'b'.repeat(64) }, onCall), {}, 'defer EMERGENCY_UNAPPROVED'],
    ['for another environment', signed({ ...vp, environment: 'qa' }, onCall), {}, 'defer EMERGENCY_UNAPPROVED'],
    [
      'an approval in the moment in which it was asked for',
      signed({ ...vp, givenAtMs: NOW_MS - 3 * HOUR_MS }, onCall),
      {},
      'allow EMERGENCY_APPROVED',
    ],
    [
      'an approval of a minute before it was asked for',
      signed({ ...vp, givenAtMs: NOW_MS - 3 * HOUR_MS - MINUTE_MS }, onCall),
      {},
      'defer EMERGENCY_UNAPPROVED',
    ],
    [
      'an approval from before it was asked for, though it counts as a sign-off',
      signed({ ...vp, givenAtMs: NOW_MS - 3 * HOUR_MS - 1 }, onCall),
      {},
      'defer EMERGENCY_UNAPPROVED',
    ],
    [
      'a minute before an approval expires',
      signed({ ...vp, expiresAtMs: NOW_MS + MINUTE_MS }, onCall),
      {},
      'allow EMERGENCY_APPROVED',
    ],
    ['an approval that has expired', signed({ ...vp, expiresAtMs: NOW_MS }, onCall), {}, 'defer EMERGENCY_UNAPPROVED'],
    [
      'a refusal by anybody',
      signed(vp, onCall, { role: 'business', person: 'bo', decision: 'refused' }),
      {},
      'deny SIGN_OFF_REFUSED',
    ],
    [
      'a refusal does not expire',
      signed(vp, onCall, { person: 'bo', decision: 'refused', expiresAtMs: 0, givenAtMs: 0 }),
      {},
      'deny SIGN_OFF_REFUSED',
    ],
    ['a policy without emergencies', both, { emergency: null }, 'deny EMERGENCY_NOT_ALLOWED'],
    [
      'a policy that skips less by now',
      both,
      { emergency: shipped && { ...shipped, skips: ['soak' as const] } },
      'deny EMERGENCY_NOT_ALLOWED',
    ],
    [
      'a quorum of two',
      both,
      { emergency: shipped && { ...shipped, approvals: { vp: 2 } } },
      'defer EMERGENCY_UNAPPROVED',
    ],
    ['sign-offs that nobody could find out', { signOffs: UNREACHABLE }, {}, 'defer EVIDENCE_UNREACHABLE'],
    ['no emergency', { emergency: null }, {}, 'allow EMERGENCY_NOT_ASKED'],
  ])('%s', (_, facts, rules, said) => {
    expect(say(facts, rules)).toBe(said);
  });

  test.each([
    ['a minute before it expires', -MINUTE_MS, 'allow EMERGENCY_APPROVED'],
    ['a millisecond before', -1, 'allow EMERGENCY_APPROVED'],
    ['when it expires', 0, 'deny EMERGENCY_EXPIRED'],
    ['a minute later', MINUTE_MS, 'deny EMERGENCY_EXPIRED'],
  ])('%s', (_, beyondMs, said) => {
    const nowMs = emergency.expiresAtMs + beyondMs;
    const fresh = { givenAtMs: nowMs - MINUTE_MS, expiresAtMs: nowMs + MINUTE_MS };
    expect(say(signed({ ...vp, ...fresh }, { ...onCall, ...fresh }), {}, nowMs)).toBe(said);
  });

  test('A70 approvals from before it was asked for count for nothing, whatever the policy says of hours by now', () => {
    const askedAtMs = NOW_MS - MINUTE_MS;
    const asked = { ...emergency, askedAtMs };
    const before = { givenAtMs: askedAtMs - 1 };
    const longer = { emergency: shipped && { ...shipped, expiresHours: 72 } };
    const facts = { emergency: asked, ...signed({ ...vp, ...before }, { ...onCall, ...before }) };
    expect(say(facts, longer)).toBe('defer EMERGENCY_UNAPPROVED');
    const since = { givenAtMs: askedAtMs };
    const fresh = { emergency: asked, ...signed({ ...vp, ...since }, { ...onCall, ...since }) };
    const shorter = { emergency: shipped && { ...shipped, expiresHours: 0.1 } };
    expect(say(fresh, shorter)).toBe('allow EMERGENCY_APPROVED');
  });

  test('says who is missing, what it skips and until when', () => {
    expect(askGate('emergency', { facts: { emergency, ...signed(onCall) } }).evidence).toEqual({
      ...{ reason: 'trades are lost', skipped: emergency.skipped, expiresAt: '2026-06-16T11:00:00.000Z' },
      ...{ given: { 'on-call': ['otto'], vp: [] }, missing: { vp: 1 } },
    });
  });

  test('A70 skips the gates that the policy names, and no others', () => {
    const created = createEmergency('x', buildRules(), NOW_MS);
    expect(created).toEqual({ ...emergency, reason: 'x', expiresAtMs: NOW_MS + 4 * HOUR_MS });
    const asked = ['checks', 'incidents', 'change', 'confirmations', 'parity'];
    expect(listEmergencyGates(created)).toEqual([
      ...['order', ...asked, 'deploy-plan', 'rollback-plan', 'not-before', 'emergency'],
    ]);
    expect(listEmergencyGates(createEmergency('x', buildRules({ emergency: null }), NOW_MS))).toEqual(GATES);
  });
});

test('A70 no emergency goes through that a person of each role has not approved, whatever else is so', () => {
  const roles = fc.constantFrom<PersonRole>('vp', 'on-call', 'engineer', 'business');
  const arbSignOff = fc.record({ role: roles, person: fc.constantFrom('vera', 'otto', 'anna', 'rita', 'bo') });
  fc.assert(
    fc.property(fc.array(arbSignOff, { maxLength: 5 }), fc.integer({ min: 0, max: 72 }), (given, soakHours) => {
      const facts = buildFacts({
        emergency,
        ...signed(...given),
        source: known(buildSource({ startedAtMs: NOW_MS - soakHours * HOUR_MS })),
        freezes: known([{ reason: 'month end', startsAtMs: 0, endsAtMs: null }]),
      });
      const { decision } = judgePromotion({ facts, rules: buildRules(), gates: listEmergencyGates(emergency) }, NOW_MS);
      // Each has one word: here the first, of all that are equally old.
      const words = given.filter(({ person }, at) => given.findIndex((one) => one.person === person) === at);
      const counted = words.filter(({ person }) => person !== 'anna' && person !== 'rita').map(({ role }) => role);
      expect(decision).toBe(counted.includes('vp') && counted.includes('on-call') ? 'allow' : 'defer');
    }),
  );
});

describe('A70 an emergency is judged by the rule of now', () => {
  const asked = { ...emergency, askedAtMs: NOW_MS - 3 * HOUR_MS };
  const rules = (expiresHours: number) => {
    const shipped = SHIPPED_RULES.production.emergency;
    return { emergency: shipped && { ...shipped, expiresHours } };
  };
  test.each([
    [4, 'allow EMERGENCY_APPROVED'],
    [3, 'deny EMERGENCY_EXPIRED'],
    // What it was asked for with stays its end.
    [48, 'allow EMERGENCY_APPROVED'],
  ])('%i hours', (hours, said) => {
    expect(say({ emergency: asked, ...signed(vp, onCall) }, rules(hours))).toBe(said);
  });

  test.each(['author', 'initiator'] as const)('and not approved by who stands behind the %s', (whose) => {
    const behind = { author: { name: 'anna' }, initiator: { name: 'rita' }, [whose]: { name: 'vera' } };
    expect(say({ behind, ...signed(vp, onCall) })).toBe('defer EMERGENCY_UNAPPROVED');
    const renamed = { ...behind, [whose]: { name: 'v', account: 'i s-1' } };
    expect(say({ behind: renamed, ...signed({ ...vp, account: 'i s-1' }, onCall) })).toBe('defer EMERGENCY_UNAPPROVED');
  });
});
