import { expect, test } from 'vitest';
import { decideExecutor } from './decide-executor.ts';

const NOTHING = { isInCluster: false };

test.each([
  ['a flag', { ...NOTHING, flag: 'docker', variable: 'process', declared: 'kubernetes' }, 'docker', '--executor'],
  ['the variable', { ...NOTHING, variable: 'docker', declared: 'kubernetes' }, 'docker', 'TOWPATH_EXECUTOR'],
  [
    'an empty variable counts as none',
    { ...NOTHING, variable: '', declared: 'docker' },
    'docker',
    "the environment's declaration",
  ],
  ['the declaration', { isInCluster: true, declared: 'docker' }, 'docker', "the environment's declaration"],
  ['in a cluster', { isInCluster: true }, 'kubernetes', 'facts'],
  ['nothing at all', NOTHING, 'process', 'facts'],
] as const)('A9 %s', (_, sources, executor, decidedBy) => {
  const decision = decideExecutor(sources);
  expect(decision).toMatchObject({ executor, decidedBy });
  expect(decision.steps.filter(({ hasDecided }) => hasDecided)).toHaveLength(1);
});

test('A9 an executor that nobody knows is refused, and who said it is named', () => {
  expect(() => decideExecutor({ ...NOTHING, variable: 'lambda' })).toThrow(/TOWPATH_EXECUTOR says "lambda"/);
});

test('only what the environment itself declares counts as declared', () => {
  expect(decideExecutor({ ...NOTHING, flag: 'docker', declared: 'docker' }).isDeclared).toBe(true);
  expect(decideExecutor({ ...NOTHING, flag: 'docker' }).isDeclared).toBe(false);
});
