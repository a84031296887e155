// What the server learns of secrets, by real agents, servers and databases: who read which one, never its value; and logs
// without them, whichever agent ships them.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditEntryView, GetRun, ListAudit, type RunDetail, StartRun } from '@towpath/api';
import { assertNoOrphans, type SpawnedProcess, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { readWholeLog, runTowpath, spawnTowpath, waitForRunEnd } from './support/instance.ts';
import { dumpDatabase } from './support/secret-places.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

let plane: ControlPlane;
let project: TestProject;
let agents: SpawnedProcess[];

const CANARY = 'canary-one-5f2c';

const PROJECT = `name: secretive
variables:
  API_TOKEN: { secret: true, required: true }
  SAME_TOKEN: { secret: true }
  PLAIN_TOKEN: { secret: true }
environments:
  local: { kind: local, owns: { secretPaths: ["/local/"] }, secrets: { provider: file, folder: secrets, ttlSeconds: 0 } }
  prod: { kind: production, owns: { secretPaths: ["/prod/"] } }
`;
const PIPELINE = `import { definePipeline, functionTask } from 'towpath';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
export default definePipeline({
  name: 'use',
  tasks: [functionTask({ id: 'only', configuration: ['API_TOKEN', 'SAME_TOKEN', 'PLAIN_TOKEN'], run: async ({ config }) => {
    console.log('it is', config.API_TOKEN, config.PLAIN_TOKEN);
    while (existsSync('HOLD')) await setTimeout(50);
    console.log('and again', config.API_TOKEN, 'over');
    return { [config.API_TOKEN]: 'key', text: 'it is ' + config.API_TOKEN };
  } })],
});
`;

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('secrets-audit');
  project.write('towpath.yaml', PROJECT);
  project.write('pipelines/use.ts', PIPELINE.replace('HOLD', join(project.folder, 'hold')));
  declare('local/api');
  writeSecret(CANARY);
  agents = [];
});

afterEach(async () => {
  for (const agent of agents) {
    agent.kill('SIGTERM');
    await agent.waitForExit(20_000);
  }
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

const writeSecret = (token: string): void => project.write('secrets/local/api', JSON.stringify({ token }), 0o600);
const declare = (name: string): void =>
  project.write(
    'config/.env.local',
    `API_TOKEN=secret://${name}#token\nSAME_TOKEN=secret://${name}#token\nPLAIN_TOKEN=plain-canary-77\n`,
  );

async function startAgent(args: readonly string[] = [], env: Record<string, string> = {}): Promise<SpawnedProcess> {
  const own = { TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: plane.agentToken, ENVIRONMENT: 'local', ...env };
  const agent = await spawnTowpath(project, ['agent', '--state', join(project.folder, '.towpath/local'), ...args], own);
  agents.push(agent);
  return agent;
}

async function startLoaded(args: readonly string[] = [], env: Record<string, string> = {}): Promise<SpawnedProcess> {
  const agent = await startAgent(args, env);
  await agent.waitForOutput(/pipelines loaded/, 60_000);
  return agent;
}

const startRun = async (): Promise<string> =>
  (await plane.client.call(StartRun, { body: { pipeline: 'use', environment: 'local' } })).id;

const getAttempt = (detail: RunDetail) => detail.tasks[0]?.attempts.at(-1) ?? expect.fail('there is no attempt');

async function waitForEntries(count: number, action = 'secret'): Promise<AuditEntryView[]> {
  return await waitFor(`${count} entries of ${action}`, 20_000, async () => {
    const { entries } = await plane.client.call(ListAudit, { query: { action } });
    return entries.length >= count && entries.toReversed();
  });
}

describe('reads of secrets', () => {
  it('A49 are entered in the audit of the server, once for each attempt and reference, without a value', async () => {
    await startLoaded();
    const id = await startRun();
    const attempt = getAttempt(await waitForRunEnd(plane.client, id));
    const [read] = await waitForEntries(1);
    expect(read).toMatchObject({
      action: 'secret.read',
      actor: { kind: 'agent', name: 'local' },
      subject: { name: 'secret://local/api#token' },
      environment: 'local',
      why: 'for use-local #1, task only',
      details: {
        ...{ secret: 'local/api', field: 'token', provider: 'file', attemptId: attempt.id, run: 'use-local #1' },
        ...{ runId: id, task: 'only', attempt: 1, purpose: 'attempt', source: 'provider', outcome: 'read', code: null },
      },
    });
    const listed = await runTowpath(project, ['audit', '--action', 'secret'], {
      TOWPATH_SERVER: plane.url,
      TOWPATH_TOKEN: plane.token,
    });
    expect(listed.stdout).toMatch(
      /agent local +secret\.read +secret:\/\/local\/api#token +local +for use-local #1, task only/,
    );
    expect(listed.stdout.match(/secret\.read/g)).toHaveLength(1);
    expect(await dumpDatabase(plane.databaseUrl)).not.toContain(CANARY);
  });

  it('A49 that fail are entered with their code', async () => {
    declare('local/nothing');
    await startLoaded();
    await waitForRunEnd(plane.client, await startRun());
    const [refused] = await waitForEntries(1);
    expect(refused).toMatchObject({
      action: 'secret.refused',
      why: 'for use-local #1, task only: SECRET_MISSING',
      details: { outcome: 'missing', code: 'SECRET_MISSING', source: null },
    });
  });

  it('A49 an environment that asks for /prod/… is refused, and the server’s audit says so, though it was away', async () => {
    declare('/prod/api');
    const first = await startAgent();
    expect((await first.waitForExit(20_000)).code).not.toBe(0);
    const [entry] = await waitForEntries(1);
    expect(entry).toMatchObject({
      action: 'secret.refused',
      environment: 'local',
      subject: { name: 'secret:///prod/api#token' },
      details: { outcome: 'foreign', code: 'SECRET_FOREIGN', provider: 'file' },
    });
    await plane.pause();
    const second = await startAgent();
    expect((await second.waitForExit(20_000)).code).not.toBe(0);
    await plane.resume();
    declare('local/api');
    await startLoaded();
    // Two variables hold it; both are told each time.
    const entries = await waitForEntries(4);
    expect(entries.map(({ details }) => details.secret)).toEqual(Array(4).fill('/prod/api'));
  });

  it('A49 with a sink that asks for /prod/… the agent does not start, and the audit says so', async () => {
    const sink = 'notify: [{ sink: slack, url: "secret:///prod/chat#url" }]';
    project.write('towpath.yaml', PROJECT.replace('kind: local,', `kind: local, ${sink},`));
    const agent = await startAgent();
    expect((await agent.waitForExit(20_000)).code).not.toBe(0);
    expect(agent.output()).toContain('notify.slack.url names the secret /prod/chat, which prod owns');
    const [entry] = await waitForEntries(1);
    expect(entry).toMatchObject({
      action: 'secret.refused',
      why: 'for the agent itself: SECRET_FOREIGN',
      subject: { name: 'secret:///prod/chat#url' },
      details: { purpose: 'agent', attemptId: null, outcome: 'foreign' },
    });
  });

  it('A7 a contradiction that a person allowed is entered with names, values and reason', async () => {
    const env = { DBT_TARGET: 'prod', ENVIRONMENT: 'local' };
    const refused = await startAgent([], env);
    expect((await refused.waitForExit(20_000)).code).not.toBe(0);
    expect(refused.output()).toContain('--allow-contradiction');
    await startLoaded(['--allow-contradiction', 'a rehearsal'], env);
    expect(await waitForEntries(1, 'environment.contradiction-allowed')).toMatchObject([
      {
        actor: { kind: 'agent', name: 'local' },
        environment: 'local',
        why: 'a rehearsal',
        details: { contradictions: [{ variable: 'DBT_TARGET', given: 'prod', derived: 'local' }], chosen: 'local' },
      },
    ]);
  });
});

describe('what an attempt prints and returns', () => {
  const SHOWN = [`it is ${'*'.repeat(CANARY.length)} ${'*'.repeat(15)}`, `and again ${'*'.repeat(CANARY.length)} over`];

  it('reaches the server without its secrets, with every byte at its place', async () => {
    await startLoaded();
    const attempt = getAttempt(await waitForRunEnd(plane.client, await startRun()));
    const lines = (await readWholeLog(plane.client, attempt.id)).trimEnd().split('\n');
    expect(lines.slice(1)).toEqual(SHOWN);
    expect(attempt.result).toEqual({ [SHOWN[0]?.slice(6, 21) ?? '']: 'key', text: SHOWN[0]?.slice(0, 21) });
  });

  async function runOverKill(meanwhile: () => void): Promise<{ log: string; attempt: ReturnType<typeof getAttempt> }> {
    project.write('hold', '');
    const first = await startLoaded();
    const id = await startRun();
    await waitFor('the attempt to run', 30_000, async () => {
      const { tasks } = await plane.client.call(GetRun, { params: { runId: id } });
      return tasks[0]?.attempts.some(({ state }) => state === 'running') === true;
    });
    first.kill('SIGKILL');
    await first.waitForExit(20_000);
    meanwhile();
    const second = await startLoaded();
    rmSync(join(project.folder, 'hold'));
    const attempt = getAttempt(await waitForRunEnd(plane.client, id));
    expect(second.output()).not.toContain(CANARY);
    return { attempt, log: await readWholeLog(plane.client, attempt.id) };
  }

  it('is masked by the agent that adopts it, which fetches the secrets again and says so in the audit', async () => {
    const { log } = await runOverKill(() => undefined);
    expect(log.trimEnd().split('\n').slice(1)).toEqual(SHOWN);
    const entries = await waitForEntries(2);
    expect(entries.map(({ action, details }) => [action, details.purpose])).toEqual([
      ['secret.read', 'attempt'],
      ['secret.read', 'log'],
    ]);
  });

  it('is masked whole when the secret was changed before the attempt was adopted', async () => {
    const { log, attempt } = await runOverKill(() => writeSecret('canary-two-9a7b'));
    expect(log).not.toContain('canary');
    expect(log.trimEnd().split('\n').at(-1)).toMatch(/^\*+$/);
    expect(JSON.stringify(attempt.result)).not.toContain('canary');
    expect(await dumpDatabase(plane.databaseUrl)).not.toContain(CANARY);
  });
});
