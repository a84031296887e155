import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProject } from '../project-file/read-project.ts';
import { type SelectionInputs, selectEnvironment } from './select-environment.ts';

const parse = (head: string) =>
  parseProject(
    '/nowhere',
    `name: markets\n${head}\nenvironments:\n  int: { kind: shared }\n  prod: { kind: production, dbtTarget: production, registry: prod.example }\n`,
  ).declaration;
const PLAIN = parse('');
const WITH_DEFAULT = parse('defaultEnvironment: int');

const select = (
  project: typeof PLAIN,
  processVariables: SelectionInputs['processVariables'],
  more: Partial<SelectionInputs> = {},
) => selectEnvironment(project, { processVariables, ...more });

describe('selectEnvironment', () => {
  it.each([
    [PLAIN, 'prod', { ENVIRONMENT: 'int' }, 'prod', 'flag'],
    [PLAIN, undefined, { ENVIRONMENT: 'int' }, 'int', 'ENVIRONMENT'],
    [PLAIN, undefined, { DBT_TARGET: 'int' }, 'int', 'DBT_TARGET'],
    [PLAIN, undefined, { DBT_TARGET: 'production' }, 'prod', 'DBT_TARGET'],
    [WITH_DEFAULT, undefined, {}, 'int', 'defaultEnvironment'],
    [WITH_DEFAULT, undefined, { ENVIRONMENT: '' }, 'int', 'defaultEnvironment'],
    [
      WITH_DEFAULT,
      undefined,
      { ENVIRONMENT: 'prod', DBT_TARGET: 'production', TOWPATH_REGISTRY: 'prod.example' },
      'prod',
      'ENVIRONMENT',
    ],
  ])('A9 the order is flag, ENVIRONMENT, DBT_TARGET, default (%#)', (...[project, flag, env, name, rule]) => {
    const { environment, decidedBy, banner } = select(project, env, { flag });
    expect([environment.name, decidedBy]).toEqual([name, rule]);
    // A2: a choice that nobody named is said.
    expect(banner !== undefined).toBe(rule === 'DBT_TARGET' || rule === 'defaultEnvironment');
  });

  it('A9 host names and whatever else the process has decide nothing', () => {
    const other = fc.dictionary(
      fc.constantFrom('HOSTNAME', 'HOST', 'AIRFLOW_ENVIRONMENT', 'NODE_ENV', 'ENV', 'STAGE', 'USER'),
      fc.constantFrom('prod', 'int', 'my-prod-desktop.local'),
    );
    fc.assert(
      fc.property(other, (env) => {
        expect(select(WITH_DEFAULT, env).environment.name).toBe('int');
        expect(() => select(PLAIN, env)).toThrow(expect.objectContaining({ code: 'ENVIRONMENT_UNSET' }));
      }),
    );
  });

  it.each([
    [{ ENVIRONMENT: 'prod', DBT_TARGET: 'int' }],
    [{ ENVIRONMENT: 'prod', TOWPATH_NAMESPACE: 'markets-int' }],
    [{ ENVIRONMENT: 'prod', TOWPATH_STACK: 'int' }],
    [{ ENVIRONMENT: 'prod', PULUMI_STACK: 'int' }],
    [{ ENVIRONMENT: 'prod', TOWPATH_REGISTRY: 'int.example' }],
    [{ DBT_TARGET: 'int', PULUMI_STACK: 'prod' }],
  ])('A7 %j is refused, unless a reason is given', (env) => {
    expect(() => select(WITH_DEFAULT, env)).toThrow(
      expect.objectContaining({
        code: 'SELECTOR_CONTRADICTION',
        fix: expect.stringContaining('--allow-contradiction'),
      }),
    );
    expect(select(WITH_DEFAULT, env, { allowContradiction: 'a rehearsal' }).contradictions).toHaveLength(1);
    expect(() => select(WITH_DEFAULT, env, { allowContradiction: '' })).toThrow();
  });

  it('A7 one word decides all names that follow from it', () => {
    const { environment } = select(PLAIN, { ENVIRONMENT: 'prod' });
    expect(environment).toMatchObject({
      dbtTarget: 'production',
      namespace: 'markets-prod',
      registry: 'prod.example',
      stack: 'prod',
    });
    expect([...environment.zones]).toEqual([
      ['bronze', 'prod-bronze-zone'],
      ['silver', 'prod-silver-zone'],
      ['gold', 'prod-gold-zone'],
    ]);
  });

  it('A11 an unknown name fails with the nearest one; inside a cluster the default does not count', () => {
    expect(() => select(PLAIN, { ENVIRONMENT: 'prd' })).toThrow(
      expect.objectContaining({ code: 'ENVIRONMENT_UNKNOWN', fix: 'Did you mean prod?' }),
    );
    expect(() => select(PLAIN, { DBT_TARGET: 'nothing-like-it' })).toThrow(
      expect.objectContaining({ code: 'ENVIRONMENT_UNKNOWN' }),
    );
    const cluster = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(() => select(WITH_DEFAULT, cluster)).toThrow(expect.objectContaining({ code: 'ENVIRONMENT_UNSET' }));
    expect(select(WITH_DEFAULT, { ...cluster, ENVIRONMENT: 'int' }).environment.name).toBe('int');
    const alone = parseProject('/nowhere', 'name: small').declaration;
    expect(select(alone, {})).toMatchObject({
      decidedBy: 'only',
      environment: { name: 'local', registry: 'registry.localhost' },
    });
    expect(() => select(alone, cluster)).toThrow(expect.objectContaining({ code: 'ENVIRONMENT_UNSET' }));
  });

  it('the only local environment is selected, and said, when nothing says otherwise; two of them, or a cluster, are not', () => {
    const declare = (environments: string, head = '') =>
      parseProject('/nowhere', `name: small\n${head}environments: { ${environments}, prod: { kind: production } }`)
        .declaration;
    const laptop = declare('local: { kind: local }');
    expect(select(laptop, {})).toMatchObject({
      decidedBy: 'only',
      environment: { name: 'local' },
      banner: '[LOCAL] is the only local environment; ENVIRONMENT is not set.',
    });
    expect(select(laptop, { ENVIRONMENT: 'prod' })).toMatchObject({ environment: { name: 'prod' }, banner: undefined });
    expect(select(declare('local: { kind: local }', 'defaultEnvironment: prod\n'), {}).environment.name).toBe('prod');
    for (const project of [declare('a: { kind: local }, b: { kind: local }'), declare('a: { kind: shared }')])
      expect(() => select(project, {})).toThrow(expect.objectContaining({ code: 'ENVIRONMENT_UNSET' }));
    const cluster = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(() => select(laptop, cluster)).toThrow(expect.objectContaining({ code: 'ENVIRONMENT_UNSET' }));
  });
});
