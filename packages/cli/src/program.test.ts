import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './program.ts';
import { createTestContext } from './testing/test-context.ts';
import { VERSION } from './version.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const test = createTestContext({ cwd: folder, env });
  const code = await runProgram(test.context, args);
  return { code, out: test.out(), err: test.err() };
}

describe('the command line', () => {
  it('knows its version, and package.json says the same', async () => {
    expect((await run(['--version'])).out).toBe(`${VERSION}\n`);
    expect(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version).toBe(VERSION);
  });

  it('prints its help when nothing is asked', async () => {
    expect((await run([])).out).toContain('Usage: towpath');
  });

  it('answers a mistyped command with the nearest one and a failing exit code', async () => {
    const answer = await run(['rnus']);
    expect(answer.code).toBe(1);
    expect(answer.err).toBe("error COMMAND_LINE_INVALID: Unknown command 'rnus'\n  fix: Did you mean runs?\n");
  });

  it('says where options stand, when one stands before the command', async () => {
    const fix = 'Options stand behind the command: npx towpath <command> … See --help.';
    const answer = await run(['--project', 'examples/x', 'runs']);
    expect(answer).toMatchObject({
      code: 1,
      err: `error COMMAND_LINE_INVALID: Unknown option '--project'\n  fix: ${fix}\n`,
    });
    expect((await run(['runs', '--projekt', 'x'])).err).not.toContain(fix);
  });

  it('A84 says how many models a plan of a rollback takes, before it asks anybody', async () => {
    const models = Array.from({ length: 400 }, (_, at) => `model.shop.of_a_common_length_${at}`).join();
    await expect(run(['rollback', 'prod', '--plan', '--full-refresh', models])).rejects.toMatchObject({
      code: 'USAGE_INVALID',
      message: '400 models are too many for one plan.',
    });
  });

  it.each([
    ['run'],
    ['sql', 'bronze'],
    ['dev', '--console-port', '70000'],
    ['runs', '--nope'],
    ['server', '--lost-after', '0'],
  ])('refuses %j', async (...args) => {
    const answer = await run(args);
    expect(answer.code).toBe(1);
    expect(answer.err).toMatch(/^error COMMAND_LINE_INVALID: .*\n {2}fix: .*\n$/);
  });

  it.each([
    ['runs'],
    ['agents'],
    ['pools'],
    ['audit'],
    ['audit', 'verify'],
    ['attempts'],
    ['cancel', '1'],
    ['rerun', '1'],
    ['pipelines'],
    ['run', 'x'],
    ['logs'],
    ['sql', 'bronze', 'select 1'],
    ['console'],
  ])('%j says what to start when nothing runs', async (...args) => {
    await expect(run(args)).rejects.toMatchObject({
      code: 'TOWPATH_NOT_RUNNING',
      fix: expect.stringContaining('towpath dev'),
    });
  });

  it('a server without its token is refused by name, an unreachable one too', async () => {
    await expect(run(['runs'], { TOWPATH_SERVER: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'TOKEN_MISSING',
    });
    const env = { TOWPATH_SERVER: 'http://127.0.0.1:9', TOWPATH_TOKEN: 'x' };
    await expect(run(['runs'], env)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('an address or a token that can not be one is refused without showing the token', async () => {
    const token = 'secret\nsecond';
    await expect(run(['runs'], { TOWPATH_SERVER: 'garbage', TOWPATH_TOKEN: 'x' })).rejects.toMatchObject({
      code: 'SERVER_ADDRESS_INVALID',
    });
    const refused = run(['runs'], { TOWPATH_SERVER: 'http://127.0.0.1:9', TOWPATH_TOKEN: token });
    await expect(refused).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
      message: expect.not.stringContaining('secret'),
    });
  });

  it('an environment or a database that can not be one is refused by name', async () => {
    const url = ['--database-url', 'postgres://127.0.0.1:9/none'];
    const name = ['server', 'issue-agent-token', '--environment', 'ev il', '--agent', 'a', ...url];
    await expect(run(name)).rejects.toMatchObject({ code: 'ENVIRONMENT_NAME_INVALID' });
    await expect(run(['server', '--database-url', 'garbage://x:PW@@@'])).rejects.toMatchObject({
      code: 'DATABASE_URL_INVALID',
    });
  });

  it('init ends where no folder can be made', async () => {
    await expect(run(['init', '/proc/nowhere/project', '--yes'])).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('dev outside a project says how to get one', async () => {
    await expect(run(['dev'])).rejects.toMatchObject({
      code: 'PROJECT_MISSING',
      fix: expect.stringContaining('towpath init'),
    });
  });

  it.each([
    'name: Has Spaces',
    'name: x\nunknown: 1',
    '[',
    'null',
    'name: x\ndev: { firstRun: 3 }',
    'name: x\npools: { sql: many }',
    'name: x\npools: { -odd: 1 }',
  ])('refuses towpath.yaml %j', async (text) => {
    const path = join(folder, 'towpath.yaml');
    writeFileSync(path, text);
    await expect(run(['dev'])).rejects.toMatchObject({
      code: 'PROJECT_FILE_INVALID',
      message: expect.stringContaining(path),
    });
    rmSync(path);
  });

  it('server and agent name the setting they miss', async () => {
    await expect(run(['server'])).rejects.toMatchObject({ code: 'DATABASE_URL_MISSING' });
    writeFileSync(join(folder, 'towpath.yaml'), 'name: x\n');
    await expect(run(['agent'])).rejects.toMatchObject({ code: 'AGENT_SETTING_MISSING' });
    rmSync(join(folder, 'towpath.yaml'));
  });

  it('status says so when nothing runs', async () => {
    expect(await run(['status'])).toMatchObject({ code: 0, out: expect.stringContaining('Nothing is running') });
  });

  it('stop is content when nothing runs', async () => {
    expect(await run(['stop'])).toMatchObject({ code: 0, out: 'Nothing is running for this folder.\n' });
  });
});
