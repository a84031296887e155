// Two environments that are declared, resolved and told about: one of them is production, and something failed there.
import type { ConfigurationView, ConfiguredValue, EnvironmentView, NotificationView } from '@towpath/api';
import { ago, LOCAL, uuidOf, type World } from './fixtures.ts';
import { engineWorld } from './worlds.ts';

const MINUTE = 60_000;

function declare(name: string, kind: EnvironmentView['kind'], colour: string): EnvironmentView {
  return {
    ...LOCAL,
    name,
    kind,
    colour,
    declared: { project: 'finks', at: ago(60 * MINUTE), by: 'ada' },
    declaration: {
      name,
      kind,
      executor: 'kubernetes',
      registry: `registry.${name}.example`,
      namespace: `finks-${name}`,
      stack: name,
      dbtTarget: name,
      owns: { buckets: [`${name}-*`], hosts: [`*.${name}.example`], accounts: [] },
      // PostgreSQL sorts the keys of a document by their length.
      zones: { gold: `${name}-gold-zone`, bronze: `${name}-bronze-zone`, silver: `${name}-silver-zone` },
      targets: [{ name: 'bronze', type: 'postgres' }],
      sizing: { cpu: 2, memory: '4Gi', workers: 4, retentionDays: 365 },
      notify: [{ name: 'slack', sink: 'slack', severities: ['warning', 'critical'] }],
      variables: [],
    },
  };
}

function configured(name: string, text: string | null, line: number): ConfiguredValue {
  const mask = text === null ? `secret://warehouse#${name.toLowerCase()}` : null;
  const place = { file: 'config/.env.prod', line };
  const type = text === null ? 'string' : 'url';
  return {
    name,
    text,
    mask,
    source: 'envFile',
    place,
    type,
    rules: ['type', 'owner'],
    mayDiffer: name !== 'LOG_LEVEL',
  };
}

function derived(name: string, text: string): ConfiguredValue {
  const place = { file: 'towpath.yaml', line: 23 };
  return { name, text, mask: null, source: 'derived', place, type: 'string', rules: [], mayDiffer: true };
}

function resolve(environment: string, verdict: ConfigurationView['targets'][number]['verdict']): ConfigurationView {
  return {
    agent: 'one',
    reportedAt: ago(MINUTE),
    hash: environment,
    values: [
      derived('ENVIRONMENT', environment),
      derived('TOWPATH_NAMESPACE', `finks-${environment}`),
      derived('TOWPATH_BRONZE_DATABASE', `bronze_${environment}`),
      configured('LOG_LEVEL', environment === 'prod' ? 'INFO' : 'DEBUG', 2),
      configured('API_URL', `https://api.${environment}.example/v1`, 3),
      configured('AWS_REGION', 'ca-central-1', 4),
      configured('PASSWORD', null, 5),
    ],
    problems: [],
    targets: [{ name: 'bronze', type: 'postgres', verdict, claimedBy: verdict === 'own' ? environment : 'int' }],
  };
}

function tell(id: number, more: Partial<NotificationView>): NotificationView {
  return {
    id: uuidOf(900_000 + id),
    environment: 'prod',
    kind: 'run.failed',
    severity: 'critical',
    title: `[PROD] nightly-prod #${id} failed`,
    text: 'Task load ended first, with EXIT_CODE. Its log says more.',
    at: ago(id * MINUTE),
    runId: uuidOf(id),
    deliveries: [],
    ...more,
  };
}

/** `int` and `prod`: the target of prod is not its own, and an alert could not be told. */
export function environmentsWorld(): World {
  const failed = { sink: 'slack', state: 'failed', tries: 40, dueAt: null, lastError: 'HTTP_404' } as const;
  const waiting = { sink: 'mail', state: 'waiting', tries: 2, lastError: 'SMTP_451', endedAt: null } as const;
  const problem = {
    code: 'RESOURCE_OF_OTHER_ENVIRONMENT',
    variable: 'API_URL',
    message: '[PROD] API_URL names a host that int owns.',
    fix: 'Name one of *.prod.example.',
    place: null,
  };
  return {
    ...engineWorld(),
    environments: [declare('int', 'shared', 'blue'), declare('prod', 'production', 'red')],
    configurations: new Map([
      ['int', [resolve('int', 'own')]],
      ['prod', [{ ...resolve('prod', 'refused'), problems: [problem] }]],
    ]),
    notifications: [
      tell(7, {
        deliveries: [
          { ...failed, id: uuidOf(1), endedAt: ago(MINUTE) },
          { ...waiting, id: uuidOf(2), dueAt: ago(-5 * MINUTE) },
        ],
      }),
      tell(8, { kind: 'agent.silent', title: '[PROD] agent one is silent', runId: null }),
    ],
  };
}
