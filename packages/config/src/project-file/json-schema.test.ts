import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createJsonSchema } from './json-schema.ts';
import { ProjectFileSchema } from './project-schema.ts';

const FILE = new URL('../../towpath.schema.json', import.meta.url);

const EVERYTHING = `
name: finks
defaultEnvironment: dev
configuration: { fileWins: true }
variables:
  AWS_REGION: { type: string, default: ca-central-1, description: Region of everything }
  S3_BUCKET_PREFIX: { type: prefix, required: true, example: dev }
  BRONZE_BUCKET: { type: bucket, value: "\${S3_BUCKET_PREFIX}-bronze-zone" }
  WAREHOUSE_URL: { type: dsn, secret: true, parity: endpoint, immutable: true }
  SIZE: { type: enum, values: [small, large], pattern: "[a-z]+", min: 1, max: 9 }
environments:
  dev:
    kind: shared
    executor: process
    registry: registry.dev.example
    namespace: finks-dev
    stack: dev
    dbtTarget: dev
    kubernetes:
      context: c
      serverUrl: https://towpath.example/base
      tickets: { claim: tickets }
      sidecars: { krb5: { image: r/krb5:1, command: [sh], args: [-c], env: { A: 1 }, secrets: { keytab: /krb5/keytab }, startupProbe: [klist], cpu: 0.1, memory: 64Mi } }
    values: { S3_BUCKET_PREFIX: dev, SIZE: 3, DEBUG: true }
    owns: { buckets: ["dev-*"], hosts: [], secretPaths: ["/dev/"] }
    targets:
      bronze: { type: postgres, host: localhost, port: 5432, database: b, user: u, password: "secret://w#p" }
      lake: { type: folder, location: /srv, when: "kind == 'local'" }
      raw: { type: s3, location: "s3://b/raw", endpoint: "http://localhost", region: x, pathStyle: true, accessKeyId: a, secretAccessKey: "secret://s#k", sessionToken: t }
    zones: { bronze: dev-bronze-zone }
    secrets: { provider: file, ttlSeconds: 1, maxStaleSeconds: 2, folder: /run }
    sizing: { cpu: 0.5, memory: 1Gi, workers: 1, retentionDays: 7, zoneRetentionDays: { gold: 30 }, retentionDaily: "23:15", spot: true, zones: 1 }
    notify: [ { sink: slack, url: "secret://slack#url", to: [a], severities: [info, critical] } ]
shared: { hosts: [mssql.company.example] }
guards: [ { name: eu-only, when: "kind == 'production'", rule: "true", message: m, fix: f } ]
parity: { allowed: [id], variables: [KAFKA_BROKERS], same: [AWS_REGION, sizing.retentionDays] }
pools: { sqlserver: 4 }
dev: { firstRun: ingest }
`;

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(createJsonSchema());

const bothAgree = (document: unknown): boolean => {
  const isGood = ProjectFileSchema.safeParse(document).success;
  expect([document, validate(document)]).toEqual([document, isGood]);
  return isGood;
};

describe('towpath.schema.json', () => {
  it('is written from the schema (refresh: npx vitest run packages/config/src/project-file/json-schema.test.ts -u)', async () => {
    await expect(`${JSON.stringify(createJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(FILE.pathname);
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(createJsonSchema());
  });

  it.each([EVERYTHING, 'name: x', 'name: x\nenvironments: { A: { kind: local } }'])('A1 takes %s', (text) => {
    expect(bothAgree(parse(text))).toBe(true);
  });

  it.each([
    '{}',
    'name: Has Spaces',
    'name: x\nunknown: 1',
    'name: x\nenvironments: { dev: {} }',
    'name: x\nenvironments: { "-dev": { kind: local } }',
    ...['./prod-zone', '../zone', 'a/b', 'PROD-zone', '.prod-zone'].map(
      (zone) => `name: x\nenvironments: { dev: { kind: local, zones: { bronze: ${zone} } } }`,
    ),
    'name: x\nenvironments: { dev: { kind: shared, owns: { bucket: [a] } } }',
    'name: x\nenvironments: { dev: { kind: shared, targets: { a: { type: oracle } } } }',
    'name: x\nenvironments: { dev: { kind: shared, targets: { a: { type: s3 } } } }',
    'name: x\nenvironments: { dev: { kind: shared, sizing: { memory: lots } } }',
    'name: x\nenvironments: { dev: { kind: shared, secrets: { folder: x } } }',
    'name: x\nenvironments: { dev: { kind: shared, namespace: Not_A_Label } }',
    ...[
      'serverUrl: towpath.example',
      'serverUrl: "https://towpath.example?x"',
      'tickets: { secret: a, claim: b }',
      'tickets: {}',
      'sidecars: { task: { image: a } }',
      'sidecars: { bundle: { image: a } }',
      'sidecars: { Krb5: { image: a } }',
      'sidecars: { krb5: {} }',
      ...['/towpath/run', '/krb5/cache', 'keytab', '/a:b'].map(
        (path) => `sidecars: { krb5: { image: a, secrets: { keytab: "${path}" } } }`,
      ),
    ].map((key) => `name: x\nenvironments: { dev: { kind: shared, kubernetes: { ${key} } } }`),
    'name: x\nvariables: { lower: { type: string } }',
    'name: x\nvariables: { A: { type: text } }',
    'name: x\nvariables: { A: { type: enum, values: [] } }',
    'name: x\npools: { -odd: 1 }',
    'name: x\npools: { sql: 1.5 }',
    'name: x\nguards: [ { name: a } ]',
    'name: x\nparity: { allowed: [everything] }',
    'name: x\nparity: { same: [sizing.colour] }',
    'name: x\nenvironments: { dev: { kind: shared, targets: { a: { type: folder, location: /srv, endpoint: x } } } }',
  ])('A1 refuses %s', (text) => {
    expect(bothAgree(parse(text))).toBe(false);
  });

  it('an editor and towpath agree on any change of a good file', () => {
    const good: unknown = parse(EVERYTHING);
    const paths: string[][] = [];
    const collect = (value: unknown, path: string[]): void => {
      paths.push(path);
      if (typeof value === 'object' && value !== null)
        for (const [key, child] of Object.entries(value)) collect(child, [...path, key]);
    };
    collect(good, []);
    const replace = (value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown => {
      if (key === undefined) return put;
      if (Array.isArray(value))
        return value.map((child: unknown, index) => (String(index) === key ? replace(child, rest, put) : child));
      return { ...Object(value), [key]: replace(Object(value)[key], rest, put) };
    };
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, put) => {
        bothAgree(replace(good, path, put));
      }),
      { numRuns: 300 },
    );
  });
});
