import { expect, test } from 'vitest';
import { buildBill } from '../releases/testing/build-bill.ts';
import { listGates, planPromotion } from './plan-promotion.ts';

const before = buildBill({ a: '1', b: '1', c: '1' });
const after = buildBill({ b: '1', c: '2', d: '1' });

test('a plan says which pipelines change, and which gates are passed', () => {
  const gates = listGates('promotion', null, { deployPlan: null });
  const plan = planPromotion('promotion', before, after, gates);
  expect(plan.pipelines).toEqual({ added: ['d'], changed: ['c'], removed: ['a'] });
  expect(plan.steps).toEqual(['judge-gates', 'set-desired', 'await-observed', 'take-effect']);
  expect(plan.gates).toContain('soak');
  expect(planPromotion('promotion', null, after, gates).pipelines.added).toEqual(['b', 'c', 'd']);
});

test('a rollback waits for the plan of its deploy command, where the policy wants one', () => {
  const rules = { deployPlan: { approvals: { 'release-manager': 1 }, expiresHours: 1 } };
  const wanted = listGates('rollback', null, rules);
  expect(planPromotion('rollback', after, before, wanted)).toMatchObject({
    gates: ['deploy-plan'],
    steps: ['judge-gates', 'set-desired', 'await-observed', 'take-effect'],
  });
});

test('a rollback passes no gate otherwise', () => {
  const { gates, steps } = planPromotion('rollback', after, before, listGates('rollback', null, { deployPlan: null }));
  expect([gates, steps]).toEqual([[], ['set-desired', 'await-observed', 'take-effect']]);
});
