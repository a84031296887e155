import { describe, expect, test } from 'vitest';
import type { ResolvedValue } from '../configuration/resolved-configuration.ts';
import { buildEnvironment, buildProject, buildVariable } from '../configuration/testing/build-declaration.ts';
import { type AppliedEnvironment, compareDeclarations, listToBeValued } from './compare-declarations.ts';
import { type CommittedEnvironment, toReleasedDeclaration } from './released-declaration.ts';

const value = (name: string, words: string): readonly [string, ResolvedValue] => [
  name,
  {
    ...{ name, text: words, isSecret: false, source: 'envFile', type: 'string' },
    ...{ rules: [], overridden: [], resources: [] },
  },
];

const committed = (
  environment: ReturnType<typeof buildEnvironment>,
  values: Readonly<Record<string, string>>,
  isWhole = true,
): CommittedEnvironment => ({
  environment,
  values: new Map(Object.entries(values).map(([name, words]) => value(name, words))),
  isWhole,
});

const int = buildEnvironment('int');
const prod = buildEnvironment('prod', 'production', {
  targets: new Map([['lake', { type: 'folder', location: '/lake' }]]),
  zones: new Map([['gold', 'prod-gold-zone']]),
});
const project = buildProject(
  [int, prod],
  [
    buildVariable({ name: 'REGION', isRequired: true }),
    buildVariable({ name: 'API', isRequired: true, parity: 'endpoint' }),
    buildVariable({ name: 'LEVEL', isRequired: true, default: { text: 'INFO' } }),
  ],
);

const applied: AppliedEnvironment = {
  ...{ kind: 'production', executor: 'process' },
  targets: [{ name: 'lake', type: 'folder' }],
  zones: { gold: 'prod-gold-zone' },
  variables: ['API', 'LEVEL', 'REGION'].map((name) => ({ name, type: 'string', isSecret: false, isRequired: true })),
};

const declare = (...sides: readonly CommittedEnvironment[]) => toReleasedDeclaration(project, sides);
const alike = declare(committed(int, {}), committed(prod, {}));

describe('A81 what a release declares', () => {
  test('is names, types and differences, and no value', () => {
    const declared = declare(committed(int, { REGION: 'eu', API: 'a' }), committed(prod, { REGION: 'us', API: 'b' }));
    expect(declared.variables.map(({ name, isProvided }) => [name, isProvided])).toEqual([
      ['API', false],
      ['LEVEL', true],
      ['REGION', false],
    ]);
    expect(declared.environments).toMatchObject([
      { name: 'int', before: null, differences: [], set: ['API', 'REGION'] },
      { name: 'prod', before: 'int', areValuesCompared: true, set: ['API', 'REGION'] },
    ]);
    // Targets and zones differ here as well; another endpoint is allowed.
    expect(declared.environments[1]?.differences).toEqual(['targets', 'variables.REGION', 'zones']);
    expect(JSON.stringify(declared)).not.toMatch(/"(?:eu|us|a|b)"/);
  });

  test('compares no values of files that are not in the commit', () => {
    const [, second] = declare(committed(int, { REGION: 'eu' }), committed(prod, { REGION: 'us' }, false)).environments;
    expect(second).toMatchObject({ areValuesCompared: false, set: [], differences: ['targets', 'zones'] });
  });

  test('has no environment of a laptop, and none where the project declares none', () => {
    const local = committed(buildEnvironment('local', 'local'), {});
    expect(declare(local, committed(int, {})).environments.map(({ name }) => name)).toEqual(['int']);
    expect(toReleasedDeclaration({ ...project, hasEnvironments: false }, [local]).environments).toEqual([]);
  });
});

describe('A81 beside what the environment declares', () => {
  const compare = (there: AppliedEnvironment | null, valued = ['API', 'REGION']) =>
    compareDeclarations(alike, { name: 'prod', applied: there, valued: new Set(valued) });

  test('nothing is amiss where it is the same, or more', () => {
    const extra = { name: 'OLD', type: 'string', isSecret: false, isRequired: false };
    for (const there of [applied, { ...applied, variables: [...applied.variables, extra] }])
      expect(compare(there)).toMatchObject({ state: 'compared', lacking: [], otherwise: [], unset: [] });
  });

  test.each<[string, AppliedEnvironment | null, readonly string[], readonly string[]]>([
    ['nobody declared it', null, ['environments.prod'], []],
    ['a variable is not there', { ...applied, variables: applied.variables.slice(1) }, ['variables.API'], []],
    [
      'a variable has another type',
      { ...applied, variables: applied.variables.map((one) => ({ ...one, type: 'url' })) },
      [],
      ['variables.API', 'variables.LEVEL', 'variables.REGION'],
    ],
    ['a target is not there', { ...applied, targets: [] }, ['targets.lake'], []],
    ['a target has another type', { ...applied, targets: [{ name: 'lake', type: 's3' }] }, [], ['targets.lake']],
    ['a zone is not there', { ...applied, zones: {} }, ['zones.gold'], []],
    ['its kind is another', { ...applied, kind: 'shared' }, [], ['kind']],
    ['its executor is another', { ...applied, executor: 'docker' }, [], ['executor']],
  ])('%s', (_, there, lacking, otherwise) => {
    expect(compare(there)).toMatchObject({ lacking, otherwise });
  });

  test('a required variable needs a value of all agents, unless the commit or the declaration has one', () => {
    expect(compare(applied, ['API'])).toMatchObject({ unset: ['variables.REGION'] });
    const set = declare(committed(int, {}), committed(prod, { REGION: 'eu' }));
    expect(listToBeValued(set, 'prod')).toEqual(['API']);
    expect(listToBeValued(set, 'elsewhere')).toEqual([]);
  });

  test('an environment that the release does not declare, and a release that declares nothing, are told apart', () => {
    const there = { name: 'qa', applied, valued: new Set<string>() };
    expect(compareDeclarations(alike, there)).toEqual({ state: 'undeclared' });
    expect(compareDeclarations(undefined, there)).toEqual({ state: 'unrecorded' });
    const silent = { variables: [], environments: [] };
    expect(compareDeclarations(silent, { ...there, applied: null })).toEqual({ state: 'none' });
    expect(compareDeclarations(silent, there)).toEqual({ state: 'undeclared' });
  });
});
