// What `towpath init` writes is a project that its own commands find nothing wrong with.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChangelogEntry } from '@towpath/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../program.ts';
import { createTestContext } from '../testing/test-context.ts';
import { PRESET_NAMES } from './presets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function towpath(...args: readonly string[]) {
  const world = createTestContext({ cwd: folder });
  const code = await runProgram(world.context, args);
  return { code, out: world.out(), err: world.err() };
}

const init = (preset: string) => towpath('init', '--preset', preset, '--name', 'sample', '--yes');

/** What people write: everything that is of one place differs. */
const writeValues = (environment: string, more = ''): void =>
  writeFileSync(
    join(folder, `config/.env.${environment}`),
    `MSSQL_SERVER=erp.${environment}.example
MSSQL_PORT=${environment === 'prod' ? 1434 : 1433}
MSSQL_DATABASE=Erp_${environment}
MSSQL_USERNAME=reader_${environment}
MSSQL_PASSWORD=a-password-of-${environment}
BRONZE_HOST=pg.${environment}.example
BRONZE_PORT=${environment === 'prod' ? 5433 : 5432}
BRONZE_PASSWORD=another-one-of-${environment}
${more}`,
  );

test.each(PRESET_NAMES)('a project of preset %s passes its own checks', async (preset) => {
  await init(preset);
  expect(await towpath('config', 'example', '--check')).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'towpath.yaml'), 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=\.\/node_modules\/towpath\/towpath\.schema\.json\n/,
  );
  const shared = preset.split('-').filter((name) => name !== 'local');
  for (const name of shared) writeValues(name);
  expect(await towpath('config', 'validate', '--all')).toMatchObject({
    code: 0,
    out: expect.stringContaining('no problem'),
  });
});

test.each(PRESET_NAMES.filter((preset) => preset.includes('local')))(
  'preset %s: without a name this machine is meant, and what dev brings is shown with its source',
  async (preset) => {
    await init(preset);
    expect(await towpath('config', 'validate')).toMatchObject({ code: 0, out: 'local: no problem.\n' });
    const { code, out, err } = await towpath('config', 'explain');
    expect([code, err]).toEqual([0, '[LOCAL] is the default environment; ENVIRONMENT is not set.\n']);
    expect(out).toMatch(/BRONZE_DATABASE +bronze +dev /);
    expect(await towpath('env', 'detect')).toMatchObject({ code: 0 });
  },
);

test.each(['int-prod', 'A-B'])('preset %s: no environment that others use is meant by default', async (preset) => {
  await init(preset);
  await expect(towpath('config', 'validate')).rejects.toMatchObject({ code: 'ENVIRONMENT_UNSET' });
});

test.each(PRESET_NAMES)(
  'preset %s: the changelog has what the first release needs, and is never overwritten',
  async (preset) => {
    const path = join(folder, 'CHANGELOG.md');
    await init(preset);
    expect(findChangelogEntry(readFileSync(path, 'utf8'), 'v0.1.0')).toMatch(/bronze/);
    writeFileSync(path, 'ours');
    await init(preset);
    expect(readFileSync(path, 'utf8')).toBe('ours');
  },
);

test('a preset may be written with arrows; a misspelt one is answered with the nearest', async () => {
  await init('local→int→qa→prod');
  expect(readFileSync(join(folder, 'towpath.yaml'), 'utf8')).toContain('\n  qa:\n');
  await expect(towpath('init', '--preset', 'int-prd', '--dry-run')).rejects.toMatchObject({
    code: 'PRESET_UNKNOWN',
    fix: 'Did you mean int-prod?',
  });
});

test('parity of a preset allows what is of one place, and nothing else', async () => {
  await init('int-prod');
  for (const name of ['int', 'prod']) writeValues(name);
  expect(await towpath('parity', 'int', 'prod')).toMatchObject({
    code: 0,
    out: expect.stringContaining('All differences are allowed.'),
  });
  writeValues('int', 'MSSQL_ENCRYPT=off\n');
  const red = await towpath('parity', 'int', 'prod');
  expect(red.code).toBe(1);
  expect(red.out.match(/✗ red.*/g)).toEqual([expect.stringMatching(/MSSQL_ENCRYPT +off +on +must be the same/)]);
});

test('A6 production is guarded against DEBUG and LOG_LEVEL in every preset, declared or not', async () => {
  await init('int-prod');
  writeValues('prod', 'DEBUG=true\nLOG_LEVEL=DEBUG\nDEBUG_MODE=1\n');
  const { code, out } = await towpath('config', 'validate', '--environment', 'prod');
  expect(code).toBe(78);
  expect(out).toMatch(/DEBUG must be off[\s\S]*LOG_LEVEL must be INFO[\s\S]*DEBUG_MODE must be off/);
});

test('a name that nobody declares is told and stops nothing', async () => {
  await init('int-prod');
  writeValues('int', 'FOOBAR=1\n');
  const { code, out } = await towpath('config', 'validate', '--environment', 'int');
  expect(code).toBe(0);
  expect(out).toMatch(/^· config\/\.env\.int:9:1 {2}VARIABLE_UNDECLARED \[INT\] FOOBAR is no declared variable/);
  const { notes } = JSON.parse((await towpath('config', 'validate', '--environment', 'int', '--json')).out);
  expect(notes).toMatchObject([{ code: 'VARIABLE_UNDECLARED', variable: 'FOOBAR' }]);
  expect(await towpath('doctor', '--environment', 'int', '--only', 'environment')).toMatchObject({
    code: 0,
    out: expect.stringContaining('FOOBAR is no declared variable'),
  });
});

test('--set names the nearest variable; validate --json answers JSON also when nothing could be selected', async () => {
  await init('local-int-qa-prod');
  await expect(towpath('config', 'explain', '--set', 'MSSQL_SERVR=x')).rejects.toMatchObject({
    code: 'FLAG_INVALID',
    fix: 'Did you mean MSSQL_SERVER?',
  });
  const { code, out } = await towpath('config', 'validate', '--environment', 'itn', '--json');
  expect(code).toBe(78);
  expect(JSON.parse(out)).toMatchObject({
    environments: [],
    problems: [{ code: 'ENVIRONMENT_UNKNOWN', fix: 'Did you mean int?' }],
  });
});
