import { readFile } from 'node:fs/promises';
import * as testkit from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DATAKIT_VERSION, runDatakit } from './cli.ts';
import { VARIABLES } from './settings/variables.ts';
import { type IngestionHarness, startIngestionHarness, type Variables } from './testing/ingestion-harness.ts';

const readPackageFile = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

describe('the manifest', () => {
  it('names version, command and the variables the code honours', async () => {
    const manifest = parse(await readPackageFile('datakit.yaml'));
    expect(manifest).toMatchObject({
      name: 'sqlserver-bronze',
      version: DATAKIT_VERSION,
      kind: 'bronze',
      commands: ['datakit-sqlserver'],
      executableFolder: 'bin',
    });
    expect(JSON.parse(await readPackageFile('package.json')).version).toBe(DATAKIT_VERSION);
    expect(manifest.environment).toEqual(
      VARIABLES.map(({ name, isRequired, description }) => ({ name, required: isRequired, description })),
    );
  });
});

describe('commands', () => {
  let world: IngestionHarness;

  beforeAll(async () => {
    world = await startIngestionHarness(testkit);
  });

  afterAll(async () => {
    await world.close();
  });

  it('--help lists the commands there are', async () => {
    const help = (await world.run(['--help'])).join('\n');
    for (const command of ['validate-env', 'test-connection', 'discover', 'ingest-table', 'ingest-all', 'quarantine'])
      expect(help).toContain(command);
    expect(await world.run(['--version'])).toEqual([DATAKIT_VERSION]);
  });

  it('test-connection says what answered on both sides', async () => {
    const lines = await world.run(['test-connection']);
    expect(lines).toEqual([
      expect.stringMatching(/^source {2}ok: SQL Server [\d.]+ at 127\.0\.0\.1:\d+\/TestWarehouse as reader$/),
      expect.stringMatching(/^source {2}reads with (SNAPSHOT|READ COMMITTED)/),
      expect.stringMatching(/^bronze {2}ok: PostgreSQL \S+ at .+ as \w+$/),
    ]);
  });

  it('test-connection takes the connection from options, which win over variables', async () => {
    const lines = await world.run(['test-connection', '-u', 'towpath', '-p', 'Towpath-mock-1', '-d', 'testwarehouse']);
    expect(lines[0]).toMatch(/\/testwarehouse as towpath$/);
    await expect(world.run(['test-connection', '--auth', 'kerberos'])).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
    });
  });

  it('test-connection needs no warehouse', async () => {
    const lines = await world.run(['test-connection'], { BRONZE_HOST: undefined });
    expect(lines.at(-1)).toBe('bronze  not tested: BRONZE_HOST is not set');
  });

  it('discover lists what the login sees, by schema and pattern', async () => {
    expect(await world.run(['discover'])).toEqual(expect.arrayContaining(['dbo.Customer', 'dbo.Products']));
    expect(await world.run(['discover', '--schema', 'DBO', '--pattern', 'prod*s'])).toEqual([
      'dbo.Products',
      '1 table',
    ]);
    expect(await world.run(['discover', '--schema', 'none'])).toEqual(['0 tables']);
    const [json = ''] = await world.run(['discover', '--output', 'json', '--limit', '1']);
    expect(JSON.parse(json)).toEqual([{ schema: 'dbo', name: 'AllTypes', kind: 'table' }]);
  });

  it('validate-env shows each variable, and never a secret', async () => {
    const lines = (await world.run(['validate-env'])).join('\n');
    expect(lines).toMatch(/^set +MSSQL_PASSWORD /m);
    expect(lines).toMatch(/^default +MSSQL_APP_NAME /m);
    expect(lines).not.toContain(world.env.MSSQL_PASSWORD);
  });

  it.each<[string, Variables]>([
    ['MSSQL_SERVER', { MSSQL_SERVER: 'host\\instance' }],
    ['MSSQL_PORT', { MSSQL_PORT: '0' }],
    ['MSSQL_AUTH_TYPE', { MSSQL_AUTH_TYPE: 'kerberos' }],
    ['MSSQL_ENCRYPT', { MSSQL_ENCRYPT: 'maybe' }],
    ['MSSQL_TRUST_CERT', { MSSQL_TRUST_CERT: 'perhaps' }],
    ['MSSQL_CA_FILE', { MSSQL_CA_FILE: '/nowhere.pem' }],
    ['BRONZE_MAX_WORKERS', { BRONZE_MAX_WORKERS: '17' }],
    ['BRONZE_BAD_ROWS', { BRONZE_BAD_ROWS: 'forget' }],
    ['BRONZE_MAX_CELL_BYTES', { BRONZE_MAX_CELL_BYTES: '100' }],
    ['MSSQL_CONNECT_TIMEOUT', { MSSQL_CONNECT_TIMEOUT: '1h' }],
    ['BRONZE_PORT', { BRONZE_PORT: 'five' }],
  ])('a value that %s can not have is refused by name', async (name, env) => {
    const context = { env: { ...world.env, ...env }, signal: AbortSignal.timeout(60_000), print: () => undefined };
    await expect(runDatakit(['validate-env'], context)).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining(`${name} must be `),
    });
  });
});
