import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENT_KINDS } from './environment.ts';
import { judgeLocalExecution } from './judge-local-execution.ts';
import { type KnownEnvironment, planEnvironmentChanges } from './plan-environment-changes.ts';

const known = (name: string, more: Partial<KnownEnvironment> = {}): KnownEnvironment => ({
  name,
  kind: 'shared',
  project: 'finks',
  declarationText: 'a',
  hasRuns: false,
  hasAgents: false,
  ...more,
});
const wanted = (name: string, declarationText = 'a') => ({ name, kind: 'shared' as const, declarationText });
const POLICY = { project: 'finks', kindChanges: [], isWhole: true };

describe('applying a declaration', () => {
  test('says what is new, other, the same and gone', () => {
    const plan = planEnvironmentChanges(
      [known('same'), known('other'), known('gone'), known('foreign', { project: null })],
      [wanted('new'), wanted('same'), wanted('other', 'b')],
      POLICY,
    );
    expect(plan.changes.map(({ name, change }) => `${name} ${change}`)).toEqual([
      'new added',
      'same unchanged',
      'other changed',
      'gone withdrawn',
    ]);
    expect(plan.refusals).toEqual([]);
  });

  test('leaves the laptop’s own environment alone, which dev makes known for a project that does not declare it', () => {
    const plan = planEnvironmentChanges([known('local', { kind: 'local', hasAgents: true })], [], {
      ...{ project: 'finks', kindChanges: [], isWhole: true },
    });
    expect(plan).toEqual({ changes: [], refusals: [] });
  });

  test('tells all refusals together', () => {
    const plan = planEnvironmentChanges(
      [
        known('prod', { kind: 'production' }),
        known('used', { hasRuns: true }),
        known('served', { hasAgents: true }),
        known('theirs', { project: 'other' }),
        known('laptop', { project: 'other', kind: 'local' }),
      ],
      [wanted('prod'), wanted('theirs'), { ...wanted('laptop'), kind: 'local' }],
      POLICY,
    );
    expect(plan.refusals.map(({ code, name }) => `${name} ${code}`)).toEqual([
      'prod ENVIRONMENT_KIND_CHANGED',
      'theirs ENVIRONMENT_OF_OTHER_PROJECT',
      'used ENVIRONMENT_IN_USE',
      'served ENVIRONMENT_IN_USE',
    ]);
  });

  test('for any state, no kind changes without its name in the policy, and nothing that was used goes', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const kinds = fc.constantFrom(...ENVIRONMENT_KINDS);
    const knowns = fc.uniqueArray(
      fc.record({
        name: names,
        kind: kinds,
        project: fc.constantFrom('finks', 'other', null),
        declarationText: fc.constantFrom('a', 'b'),
        hasRuns: fc.boolean(),
        hasAgents: fc.boolean(),
      }),
      { selector: ({ name }) => name },
    );
    const wants = fc.uniqueArray(fc.record({ name: names, kind: kinds, declarationText: fc.constantFrom('a', 'b') }), {
      selector: ({ name }) => name,
    });
    const policies = fc.record({
      project: fc.constant('finks'),
      kindChanges: fc.uniqueArray(names),
      isWhole: fc.boolean(),
    });
    fc.assert(
      fc.property(knowns, wants, policies, (standing, declared, policy) => {
        const { changes, refusals } = planEnvironmentChanges(standing, declared, policy);
        if (refusals.length > 0) return;
        for (const environment of standing) {
          const change = changes.find(({ name }) => name === environment.name);
          const next = declared.find(({ name }) => name === environment.name);
          if (next && next.kind !== environment.kind) expect(policy.kindChanges).toContain(environment.name);
          if (change?.change === 'withdrawn')
            expect([environment.hasRuns, environment.hasAgents]).toEqual([false, false]);
          if (environment.project !== 'finks') expect(change?.change).not.toBe('withdrawn');
        }
      }),
    );
  });
});

test('A12 the process executor serves local freely, shared by flag, production never', () => {
  const verdicts = ENVIRONMENT_KINDS.map((kind) => [judgeLocalExecution(kind, false), judgeLocalExecution(kind, true)]);
  expect(verdicts).toEqual([
    ['allowed', 'allowed'],
    ['needs-flag', 'banner'],
    ['refused', 'refused'],
  ]);
});
