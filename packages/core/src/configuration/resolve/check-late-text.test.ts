import { describe, expect, it } from 'vitest';
import { buildEnvironment, buildOwnership, buildProject, buildVariable } from '../testing/build-declaration.ts';
import type { GuardEvaluator } from './check-guards.ts';
import { checkLateGuards } from './check-late-guards.ts';
import { checkLateText } from './check-late-text.ts';

const dev = buildEnvironment('dev', 'shared', {
  targets: new Map([['bronze', { type: 'postgres', host: 'db.dev.example', port: '5432', database: 'bronze' }]]),
});
const prod = buildEnvironment('prod', 'production', {
  owns: buildOwnership({ hosts: ['*.prod.example'], databases: ['prod_*'], buckets: ['prod-*'] }),
});
const project = buildProject(
  [dev, prod],
  [buildVariable({ name: 'BRONZE_HOST' }), buildVariable({ name: 'LOG_LEVEL', type: 'logLevel' })],
);

const listCodes = (name: string, text: string) =>
  checkLateText(project, dev, { name, text, isSecret: false }).map(({ code }) => code);

describe('checkLateText', () => {
  it.each([
    ['PGHOST', 'db.prod.example'],
    ['PGHOST', 'db.dev.example,db.prod.example'],
    ['PGDATABASE', 'prod_dwh'],
    ['SQLCMDSERVER', 'db.prod.example'],
    ['AWS_ENDPOINT_URL', 'https://s3.prod.example'],
    ['DATABASE_URL', 'postgresql://u:pw@db.prod.example/x'],
    ['SETTINGS', '{"lake":"s3://prod-lake/raw"}'],
    // Declared as a string, which a host may be; but it leads the target elsewhere.
    ['BRONZE_HOST', 'db.prod.example'],
  ])('A8 a task can not lead a client library to another environment by %s=%s', (name, text) => {
    expect(listCodes(name, text)).toEqual(['RESOURCE_OWNED_BY_OTHER']);
  });

  it('a service of libpq stands in a file that nobody has judged', () => {
    expect(listCodes('PGSERVICE', 'dwh')).toEqual(['VALUE_TYPE']);
  });

  it('what names nothing of others may be set, declared or not', () => {
    const texts = {
      MODE: 'prod',
      PGHOST: '/run/postgresql',
      PGDATABASE: 'dev_dwh',
      URL: 'https://other.example',
      E: '',
    };
    for (const [name, text] of Object.entries(texts)) expect([name, listCodes(name, text)]).toEqual([name, []]);
  });
});

describe('checkLateGuards', () => {
  const evaluate: GuardEvaluator = (_, { REGION }) => REGION === 'ca-central-1';
  const guard = { name: 'canada', when: undefined, rule: 'REGION', message: 'Canada only.', fix: undefined };
  const variables = new Map([['REGION', buildVariable({ name: 'REGION' })]]);
  const listProblems = (region: string, texts: Readonly<Record<string, string>>) => {
    const resolved = { name: 'REGION', text: region, isSecret: false, source: 'default', type: 'string' } as const;
    return checkLateGuards(
      {
        ...{
          environment: prod,
          guards: [guard],
          variables,
          variableNames: ['REGION'],
          evaluate,
          envFile: new Map(),
          missing: new Set<string>(),
        },
        values: new Map([['REGION', { ...resolved, rules: [], overridden: [], resources: [] }]]),
      },
      Object.entries(texts).map(([name, text]) => ({ name, text, isSecret: false })),
    ).map(({ code }) => code);
  };

  it('A6 guards of production and of the project hold for what a task sets, too', () => {
    expect(listProblems('ca-central-1', { DEBUG: 'true', LOG_LEVEL: 'DEBUG', REGION: 'us-east-1' })).toEqual([
      'PRODUCTION_DEBUG',
      'PRODUCTION_LOG_LEVEL',
      'GUARD_BROKEN',
    ]);
    expect(listProblems('ca-central-1', { DEBUG: 'false', MODE: 'x' })).toEqual([]);
  });

  it('what is broken without the task is not told of it', () => {
    expect(listProblems('us-east-1', { MODE: 'x' })).toEqual([]);
  });
});
