import { expect, test } from 'vitest';
import { findOutcome, findRefuser } from './promotion-outcomes.ts';

test.each([
  ['failed', 'SIGN_OFF_REFUSED', 'refused'],
  ['failed', 'DEPLOY_PLAN_REFUSED', 'refused'],
  ['aborted', 'SIGN_OFF_REFUSED', 'refused'],
  ['failed', 'SOAK_ENDED', 'denied'],
  ['failed', null, 'denied'],
  ['aborted', 'ABORTED', 'aborted'],
  ['aborted', 'SUPERSEDED', 'superseded'],
  ['aborted', 'ROLLED_BACK', 'rolled-back'],
  ['errored', 'RELEASE_NOT_LOADED', 'errored'],
  ['succeeded', null, 'succeeded'],
  ['pending', null, 'pending'],
] as const)('one that is %s by %s is %s', (state, code, outcome) => {
  expect(findOutcome(state, code)).toBe(outcome);
});

test('who refused it is known by its gates', () => {
  const refused = {
    decision: 'deny',
    code: 'SIGN_OFF_REFUSED',
    evidence: { by: 'lea', role: 'vp', note: 'rows lack' },
  };
  const other = { decision: 'deny', code: 'SOAK_ENDED', evidence: { by: 'x' } };
  expect(findRefuser([other, refused])).toEqual({ by: 'lea', note: 'rows lack' });
  expect(findRefuser([other])).toBeUndefined();
});
