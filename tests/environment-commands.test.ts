// The commands about environments and notifications against a real server, a real PostgreSQL as target, and files.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getOwnIdentity } from '@towpath/agent';
import { ReportConfiguration } from '@towpath/api';
import { migrate } from '@towpath/server';
import { createTestDatabase, type TestDatabase } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeInstance } from '../packages/cli/src/instance/instance-record.ts';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { silenceSession } from '../packages/server/src/testing/age-sessions.ts';
import { buildTask, startRunOf } from '../packages/server/src/testing/builders.ts';
import { openSimulatedAgent } from '../packages/server/src/testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';

let t: TestServer;
let warehouse: TestDatabase;
let folder: string;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  warehouse = await createTestDatabase({ template: 'empty' });
  folder = await mkdtemp(join(tmpdir(), 'towpath-environments-'));
  await write(['int', 'shared'], ['prod', 'production']);
});
afterEach(async () => {
  await t.close();
  await warehouse.drop();
  await rm(folder, { recursive: true });
});

/** A project of these environments, which all name one warehouse and one folder. */
async function write(...environments: readonly (readonly [name: string, kind: string])[]): Promise<void> {
  const url = new URL(warehouse.url);
  const host = url.searchParams.get('host') ?? url.hostname;
  const { username, password } = url;
  const place = { type: 'postgres', host, port: url.port, database: url.pathname.slice(1), user: username, password };
  const targets = { bronze: place, lake: { type: 'folder', location: join(folder, 'lake') } };
  const declared = environments.map(([name, kind]) => [name, { kind, targets }]);
  const project = { name: 'finks', environments: Object.fromEntries(declared) };
  // JSON is YAML.
  await writeFile(join(folder, 'towpath.yaml'), JSON.stringify(project));
}

async function towpath(...args: readonly string[]) {
  const env = { TOWPATH_SERVER: t.server.url, TOWPATH_TOKEN: t.tokens.administrator };
  const world = createTestContext({ env, cwd: folder });
  const code = await runProgram(world.context, args);
  return { code, out: world.out() };
}

test('apply says what changes, changes nothing in a dry run, and asks for a kind by name', async () => {
  await write(['int', 'shared'], ['qa', 'shared'], ['prod', 'production']);
  const dry = await towpath('env', 'apply', '--dry-run');
  expect(dry.out).toBe('int: changed\nqa: added\nprod: changed\nNothing was changed: this was a dry run.\n');
  expect((await towpath('environment', 'apply', '--why', 'first')).out).toContain(
    'qa: added\nprod: changed\nApplied.\n',
  );
  expect((await towpath('env', 'apply')).out).toContain('qa: unchanged');
  await write(['int', 'shared'], ['qa', 'production'], ['prod', 'production']);
  await expect(towpath('env', 'apply')).rejects.toMatchObject({
    code: 'ENVIRONMENT_KIND_CHANGED',
    reason: 'qa: It is shared and is declared as production.',
  });
  expect((await towpath('env', 'apply', '--change-kind', 'qa')).out).toContain('qa: changed, was of kind shared');
});

test('show tells kind, declaration, whose targets are and what was resolved', async () => {
  await towpath('env', 'apply');
  const { sessionId } = await openSimulatedAgent(t.agent);
  const place = { file: 'config/.env.int', line: 3 };
  const value = { source: 'envFile', place, type: 'string', rules: [] };
  const values = [
    { name: 'API_URL', text: 'https://api.int.example', mask: null, ...value },
    { name: 'API_KEY', text: null, mask: 'secret://api#key', ...value },
  ];
  const targets = [{ name: 'bronze', type: 'postgres', verdict: 'unclaimed' as const, claimedBy: null }];
  const body = { hash: 'h', values, problems: [], targets, channels: [] };
  await t.agent.call(ReportConfiguration, { params: { sessionId }, body });
  const { out } = await towpath('env', 'show', 'int');
  expect(out).toMatch(/^\[INT\] shared\ndeclared by ada for project finks\nexecutor {4}automatic\n/);
  expect(out).toContain('zones       bronze int-bronze-zone, silver int-silver-zone, gold int-gold-zone\n');
  expect(out).toMatch(/bronze +postgres +unclaimed +nobody/);
  expect(out).toMatch(/API_URL +https:\/\/api\.int\.example +envFile, config\/\.env\.int:3/);
  expect(out).toMatch(/API_KEY +secret:\/\/api#key/);
  expect(JSON.parse((await towpath('env', 'show', 'int', '--json')).out)).toMatchObject({
    environment: { name: 'int', colour: 'blue' },
    configurations: [{ agent: 'first' }],
  });
  await expect(towpath('env', 'show', 'itn')).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN' });
});

test.each(['bronze', 'lake'])('A8 claim marks %s once; it is never given to another environment', async (target) => {
  expect((await towpath('env', 'claim', target, '--environment', 'int')).out).toMatch(
    new RegExp(`^\\[INT\\] ${target} \\((postgres|folder) .+\\) belongs to int\\.\\n$`),
  );
  const again = await towpath('environment', 'claim', target, '--environment', 'int', '--json');
  expect(JSON.parse(again.out)).toMatchObject({ target, environment: 'int', kind: 'shared' });
  await expect(towpath('env', 'claim', target, '--environment', 'prod')).rejects.toMatchObject({
    code: 'TARGET_CLAIMED_BY_OTHER',
    message: `[PROD] Target ${target} belongs to int (shared).`,
  });
});

test('A8 claim writes nothing to what another environment owns, whether the file or a variable of the process names it', async () => {
  const lake = { type: 'folder', location: 'zones/prod' };
  const environments = {
    int: { kind: 'shared', targets: { lake, own: { ...lake, location: 'zones/int' } } },
    prod: { kind: 'production', owns: { paths: ['./zones/prod/'] } },
  };
  await writeFile(join(folder, 'towpath.yaml'), JSON.stringify({ name: 'finks', environments }));
  await expect(towpath('env', 'claim', 'lake', '--environment', 'int')).rejects.toMatchObject({
    code: 'RESOURCE_OWNED_BY_OTHER',
  });
  const world = createTestContext({ env: { OWN_LOCATION: 'zones/prod/raw' }, cwd: folder });
  await expect(runProgram(world.context, ['env', 'claim', 'own', '--environment', 'int'])).rejects.toMatchObject({
    code: 'RESOURCE_OWNED_BY_OTHER',
  });
  // A folder is the project's, wherever the command is started.
  const elsewhere = createTestContext({ env: {}, cwd: tmpdir() });
  const args = ['env', 'claim', 'own', '--environment', 'int', '--project', folder];
  await runProgram(elsewhere.context, args);
  expect(elsewhere.out()).toContain(`own (folder ${join(folder, 'zones/int')}) belongs to int`);
});

test('claim takes no environment and no target by default', async () => {
  await expect(towpath('env', 'claim', 'bronze')).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN' });
  await expect(towpath('env', 'claim', 'gold', '--environment', 'int')).rejects.toMatchObject({
    code: 'TARGET_UNKNOWN',
  });
});

test('A8 claim resolves the named target alone, and says what was meant', async () => {
  const bronze = { type: 'postgres', host: `\${BRONZE_HOST}`, database: 'bronze' };
  const targets = { bronze, lake: { type: 'folder', location: join(folder, 'lake') } };
  const project = {
    name: 'finks',
    variables: { BRONZE_HOST: { type: 'host' } },
    environments: { int: { kind: 'shared', targets }, prod: { kind: 'production' } },
  };
  await writeFile(join(folder, 'towpath.yaml'), JSON.stringify(project));
  const claim = (target: string, environment: string) => towpath('env', 'claim', target, '--environment', environment);
  expect((await claim('lake', 'int')).out).toContain('belongs to int.');
  await expect(claim('bronze', 'int')).rejects.toMatchObject({ code: 'TARGET_INVALID' });
  await expect(claim('bronz', 'int')).rejects.toMatchObject({ code: 'TARGET_UNKNOWN', fix: 'Did you mean bronze?' });
  await expect(claim('lake', 'itn')).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN', fix: 'Did you mean int?' });
});

test('A89 notifications are listed with what became of them', async () => {
  expect((await towpath('notifications')).out).toContain('nothing failed');
  const agent = await openSimulatedAgent(t.agent);
  await startRunOf(t, [buildTask('load')]);
  await agent.finish(await agent.claim(), { outcome: 'failed', exitCode: 1, reasonCode: 'EXIT_CODE' });
  expect((await towpath('notifications')).out).toMatch(/critical +\[INT\] daily-int #1 failed +no sink wants it/);
  const { notifications } = JSON.parse((await towpath('notifications', '--severity', 'critical', '--json')).out);
  expect(notifications).toHaveLength(1);
  expect((await towpath('notifications', '--delivery-state', 'failed')).out).toContain('No notifications');
});

/** Says that the test's server is the instance of the folder. */
function recordInstance(): void {
  const port = Number(new URL(t.server.url).port);
  writeInstance(join(folder, '.towpath'), {
    process: getOwnIdentity(),
    mode: 'foreground',
    url: t.server.url,
    token: t.tokens.administrator,
    warehouse: { host: '127.0.0.1', port, database: 'bronze', user: 'bronze_user' },
    mock: { host: '127.0.0.1', port },
    warehouses: [],
    projectFolder: folder,
  });
}

test('A98 doctor: an environment that never had an agent is a note, one whose agent fell silent a problem, each with its command', async () => {
  await towpath('env', 'apply');
  recordInstance();
  const doctor = (...args: readonly string[]) => towpath('doctor', '--only', 'instance', ...args);
  const before = await doctor();
  expect(before.code).toBe(0);
  expect(before.out).toMatch(
    /· agent of int: AGENT_MISSING .*\n {4}fix: .*towpath agent --environment int --against-shared/,
  );
  expect(before.out).toMatch(
    /· agent of prod: AGENT_MISSING .*\n {4}fix: Start one that runs containers: .*executors\.md/,
  );
  const { sessionId } = await openSimulatedAgent(t.agent);
  await silenceSession(t.databaseUrl, sessionId);
  const silent = await doctor();
  expect(silent.code).toBe(1);
  expect(silent.out).toMatch(/✗ agent of int: AGENT_SILENT/);
  const other = await doctor('--environment', 'prod');
  expect(other.code).toBe(0);
  expect(other.out).not.toContain('agent of int');
});

test('run in an environment without an agent says so, and not that the pipeline is unknown alone', async () => {
  await towpath('env', 'apply');
  await expect(towpath('run', 'daily', '--environment', 'int')).rejects.toMatchObject({
    code: 'PIPELINE_UNKNOWN',
    reason: "No agent of int has been seen, and an environment's pipelines come from its agent.",
    fix: expect.stringContaining('npx towpath agent --environment int --against-shared'),
  });
});

test('dev that runs already says that a warehouse needs a new start, and none is made for a name that nobody declares', async () => {
  recordInstance();
  await expect(towpath('dev', '--warehouse-for', 'int')).rejects.toMatchObject({ code: 'WAREHOUSE_NEEDS_START' });
  await expect(towpath('dev', '--warehouse-for', 'itn')).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNKNOWN',
    fix: 'Did you mean int?',
  });
  await write(['local', 'local'], ['int', 'shared']);
  await expect(towpath('dev', '--warehouse-for', 'local')).rejects.toMatchObject({ code: 'WAREHOUSE_NAME_INVALID' });
});
