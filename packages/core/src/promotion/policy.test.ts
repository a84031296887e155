import { expect, test } from 'vitest';
import { findRules, SHIPPED_POLICY, SHIPPED_RULES } from './policy.ts';

const prod = { name: 'prod', kind: 'production' } as const;

test('without a policy the shipped rules of the kind hold', () => {
  expect(findRules(SHIPPED_POLICY, prod)).toEqual(SHIPPED_RULES.production);
  expect(findRules(SHIPPED_POLICY, { name: 'int', kind: 'shared' })).toEqual(SHIPPED_RULES.shared);
});

test('an environment stands above its kind, and that above what is shipped; null is a value', () => {
  const policy = {
    ...SHIPPED_POLICY,
    kinds: { production: { soakHours: 48, cycles: 5, freeze: null } },
    environments: { prod: { cycles: 3, soakHours: undefined } },
  };
  expect(findRules(policy, prod)).toMatchObject({ soakHours: 48, cycles: 3, freeze: null, needsRollbackPlan: true });
  expect(findRules(policy, { name: 'toString', kind: 'production' })).toMatchObject({ cycles: 5 });
});
