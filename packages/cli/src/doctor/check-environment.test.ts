import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

const PROJECT = `name: finks
variables:
  RAW_BUCKET: { type: bucket, default: shared-raw }
  API_URL: { type: url, default: https://api.shared.example }
  WAREHOUSE_URL: { type: dsn, secret: true, required: true }
  WORKERS: { type: integer, default: "2" }
environments:
  local: { kind: local }
  int:
    kind: shared
    owns: { buckets: ["int-*"], hosts: ["*.int.example"], databases: ["int_*"] }
  prod:
    kind: production
    owns: { buckets: ["prod-*"], hosts: ["*.prod.example"], databases: ["prod_*"] }
shared: { buckets: ["shared-*"], hosts: ["*.shared.example"] }
guards:
  - { name: few, rule: "WORKERS <= 8", message: Eight workers are enough., fix: Lower WORKERS. }
`;
const GOOD = 'WAREHOUSE_URL=postgres://loader:hunter2-hunter2@db.int.example/int_dwh\n';

let project: DoctorProject;
beforeEach(() => {
  project = createDoctorProject(PROJECT);
  project.write('config/.env.int', GOOD);
});
afterEach(() => project.remove());

const check = (variables: Record<string, string>, args: readonly string[] = []) =>
  project.run('environment', variables, args);

it('A98 nothing is said of an environment whose configuration can be used', async () => {
  expect(await check({ ENVIRONMENT: 'int', DBT_TARGET: 'int' })).toMatchObject({ code: 0, findings: [] });
  expect(await check({}, ['--environment', 'int'])).toMatchObject({ code: 0, findings: [] });
  // What dev gives to `local` is there without a file.
  project.write('towpath.yaml', 'name: finks\nvariables: { MSSQL_SERVER: { type: host, required: true } }\n');
  expect(await check({})).toMatchObject({ code: 0, findings: [] });
});

it('A98 ENVIRONMENT and DBT_TARGET that contradict each other are named with both values', async () => {
  expect(await check({ ENVIRONMENT: 'int', DBT_TARGET: 'prod' })).toMatchObject({
    code: 1,
    findings: [
      {
        subject: 'environment',
        status: 'problem',
        code: 'SELECTOR_CONTRADICTION',
        text: expect.stringContaining('DBT_TARGET=prod, where int has int'),
        fix: expect.stringContaining('Unset DBT_TARGET'),
      },
    ],
  });
});

it('A98 an environment that nobody declared is named with the nearest one', async () => {
  const { code, findings } = await check({ ENVIRONMENT: 'prd' });
  expect({ code, findings }).toMatchObject({
    code: 1,
    findings: [{ code: 'ENVIRONMENT_UNKNOWN', fix: 'Did you mean prod?' }],
  });
});

it('A98 in a cluster an environment that is not named is a problem, on a laptop a note', async () => {
  expect(await check({ KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toMatchObject({
    code: 1,
    findings: [{ code: 'ENVIRONMENT_UNSET', status: 'problem', text: expect.stringContaining('Inside a cluster') }],
  });
  // Where dev would run `local`, that is what is checked.
  expect(await check({})).toMatchObject({ code: 1, findings: [{ text: expect.stringContaining('[LOCAL]') }] });
  project.write('towpath.yaml', PROJECT.replace('  local: { kind: local }\n', ''));
  expect(await check({})).toMatchObject({ code: 0, findings: [{ code: 'ENVIRONMENT_UNSET', status: 'note' }] });
});

it('A98 A3 a missing environment file is named with the command that makes it', async () => {
  const { code, findings } = await check({ ENVIRONMENT: 'prod' });
  expect(code).toBe(1);
  expect(findings[0]).toMatchObject({
    code: 'ENVIRONMENT_FILE_MISSING',
    text: expect.stringContaining('config/.env.prod'),
    fix: 'cp config/.env.example config/.env.prod, and fill it in.',
  });
});

it('A98 an undeclared, an invalid and a missing variable and a broken guard are told together, with their lines', async () => {
  project.write('config/.env.int', 'WAREHOSE_URL=postgres://db.int.example/int_dwh\nAPI_URL=nowhere\nWORKERS=9\n');
  const { code, findings } = await check({ ENVIRONMENT: 'int' });
  expect(code).toBe(1);
  expect(findings.map((finding) => finding.code).sort()).toEqual([
    'GUARD_BROKEN',
    'VALUE_TYPE',
    'VARIABLE_MISSPELT',
    'VARIABLE_UNSET',
  ]);
  expect(findings.find((finding) => finding.code === 'VALUE_TYPE')?.text).toMatch(/^config\/\.env\.int:2/);
  expect(findings.find((finding) => finding.code === 'GUARD_BROKEN')?.fix).toBe('Lower WORKERS.');
});

it('A98 A6 A8 a bucket, an API and a database of another environment are refused, and whose they are is said', async () => {
  project.write(
    'config/.env.int',
    `WAREHOUSE_URL=postgres://loader:hunter2-hunter2@db.int.example/prod_dwh
RAW_BUCKET=prod-raw
API_URL=https://api.prod.example/v1
`,
  );
  const { code, findings, text } = await check({ ENVIRONMENT: 'int' });
  expect(code).toBe(1);
  const foreign = findings.filter((finding) => finding.code === 'RESOURCE_OWNED_BY_OTHER');
  const texts = foreign.map((finding) => finding.text);
  expect(texts).toEqual([
    expect.stringMatching(/^config\/\.env\.int:2.* RAW_BUCKET names the bucket prod-raw, which prod owns/),
    expect.stringMatching(/^config\/\.env\.int:3.* API_URL names the host api\.prod\.example, which prod owns/),
    expect.stringMatching(/^config\/\.env\.int:1.* WAREHOUSE_URL names the database, which prod owns/),
  ]);
  expect(findings.every(({ fix }) => fix !== null)).toBe(true);
  expect(text).not.toContain('hunter2');
});

it('A98 --all tells what is wrong with every environment, and with all of them together', async () => {
  project.write('config/.env.prod', 'WAREHOUSE_URL=postgres://db.prod.example/int_dwh\n');
  project.write('config/.env.local', 'WAREHOUSE_URL=postgres://localhost/dwh\n');
  const { code, findings } = await check({}, ['--all']);
  expect(code).toBe(1);
  expect(findings).toMatchObject([{ code: 'RESOURCE_OWNED_BY_OTHER', text: expect.stringContaining('[PROD]') }]);
});

it('A98 a towpath.yaml that can not be read is told with its line', async () => {
  project.write('towpath.yaml', 'name: finks\nenvironmnts: {}\n');
  expect(await check({})).toMatchObject({
    code: 1,
    findings: [{ code: 'PROJECT_KEY_UNKNOWN', text: expect.stringMatching(/^towpath\.yaml:2/) }],
  });
});

it('A98 A6 what nobody owns is refused in production, and nothing that it names is asked', async () => {
  project.write('config/.env.prod', 'WAREHOUSE_URL=postgres://loader@db.elsewhere.example/prod_dwh\n');
  const { code, findings } = await check({ ENVIRONMENT: 'prod' });
  expect({ code, codes: findings.map((one) => one.code) }).toEqual({
    code: 1,
    codes: ['RESOURCE_UNOWNED', 'ENVIRONMENT_UNASKED'],
  });
});
