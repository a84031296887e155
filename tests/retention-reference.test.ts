// docs/reference/retention.md is executed: its project is written as it stands there, each command run, each output compared;
// then an agent deletes by itself, and the page's pipeline runs, with a real server.
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AgentOptions, startAgent, type TowpathAgent } from '@towpath/agent';
import { ListAudit, StartRun } from '@towpath/api';
import { getEnvironment, getProject } from '@towpath/config';
import { openAdmin } from '@towpath/server';
import { assertNoOrphans, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { createManualClock } from './support/manual-clock.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const PATH = new URL('../docs/reference/retention.md', import.meta.url);
const PAGE = readFileSync(PATH, 'utf8');
const NOW = new Date('2026-06-30T12:00:00Z');

let project: TestProject;
beforeEach(() => {
  project = createTestProject('retention-reference');
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  project.write('towpath.yaml', yaml);
  put('dev/dev-bronze-zone/orders/day=20/a.json', '2026-06-20T08:00:00Z');
  put('dev/dev-bronze-zone/orders/day=29/b.json', '2026-06-29T08:00:00Z');
  put('dev/dev-silver-zone/orders/day=20/rows.json', '2026-06-20T09:00:00Z');
  put('prod/prod-gold-zone/orders/2026.csv', '2026-01-01T09:00:00Z');
});
afterEach(() => {
  vi.useRealTimers();
  project.remove();
});

function put(key: string, loadedAt: string): void {
  const path = join(project.folder, 'zones', key);
  mkdirSync(dirname(path), { recursive: true });
  project.write(join('zones', key), 'x');
  utimesSync(path, new Date(loadedAt), new Date(loadedAt));
}

test('A41 every command of docs/reference/retention.md prints what stands there (refresh: npx vitest run tests/retention-reference.test.ts -u)', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  let page = PAGE;
  for (const [block = '', content = ''] of PAGE.matchAll(/```console\n([\s\S]*?)```/g)) {
    const parts: string[] = [];
    for (const [, line = ''] of content.matchAll(/^\$ towpath (.*)$/gm)) {
      const { context, out } = createTestContext({ cwd: project.folder });
      expect(await runProgram(context, line.split(' '))).toBe(0);
      parts.push(`$ towpath ${line}\n${out().trimEnd()}\n`);
    }
    page = page.replace(block, () => `\`\`\`console\n${parts.join('\n')}\`\`\``);
  }
  await expect(page).toMatchFileSnapshot(PATH.pathname);
});

test('A41 an agent deletes by itself as the page says, and the audit has what the page shows', async () => {
  const plane = await startControlPlane();
  let agent: TowpathAgent | undefined;
  try {
    const [block = '', content = ''] = /```console agent\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const [claim = '', audit = ''] = [...content.matchAll(/^\$ towpath (.*)$/gm)].map(([, line = '']) => line);
    const claimed = await run(claim);
    agent = await startDev(plane, {
      clock: createManualClock(NOW.toISOString()),
      readInputs: (environment) => {
        const { folder, declaration } = getProject(project.folder);
        const declared = getEnvironment(declaration, environment);
        return { project: { folder, declaration }, environment: declared, processVariables: {} };
      },
    });
    await waitFor('the pass to end', 20_000, async () => {
      const { entries } = await plane.client.call(ListAudit, { query: { action: 'retention.ended' } });
      return entries.length > 0;
    });
    const listed = await run(audit, { TOWPATH_SERVER: plane.url, TOWPATH_TOKEN: plane.token });
    const parts = [`$ towpath ${claim}\n${claimed}\n`, `$ towpath ${audit}\n${listed}\n`];
    // The test before may have renewed it.
    const page = readFileSync(PATH, 'utf8').replace(block, () => `\`\`\`console agent\n${parts.join('\n')}\`\`\``);
    await expect(page).toMatchFileSnapshot(PATH.pathname);
    expect(existsSync(join(project.folder, 'zones/dev/dev-bronze-zone/orders/day=29/b.json'))).toBe(true);
  } finally {
    await agent?.close({ cancelRunning: true });
    await plane.close();
  }
});

/** What it prints, without what is another one each time: numbers and instants of the audit, the project's folder. */
async function run(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { context, out } = createTestContext({ cwd: project.folder, env });
  expect(await runProgram(context, line.split(' '))).toBe(0);
  let number = 8;
  return out()
    .trimEnd()
    .replaceAll(project.folder, '…')
    .replace(/^ *\d+ {2}\S+Z/gm, () => {
      number -= 1;
      return ` ${number}  ${NOW.toISOString()}`;
    });
}

test('A26 A41 the pipeline of the page deletes what is past, by itself, and leaves its report in the log', async () => {
  const plane = await startControlPlane();
  let agent: TowpathAgent | undefined;
  try {
    const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(PAGE) ?? [];
    project.write('pipelines/retention.ts', code);
    mkdirSync(join(project.folder, 'node_modules/.bin'));
    symlinkSync('../towpath/bin/towpath.cjs', join(project.folder, 'node_modules/.bin/towpath'));
    agent = await startDev(plane);
    const { id } = await plane.client.call(StartRun, { body: { pipeline: 'retention', environment: 'dev' } });
    const run = await waitForRunEnd(plane.client, id);
    const log = await readWholeLog(plane.client, run.tasks[0]?.attempts[0]?.id ?? '');
    expect(run.state, log).toBe('succeeded');
    expect(log).toContain('orders/day=20/a.json');
    expect(existsSync(join(project.folder, 'zones/dev/dev-bronze-zone/orders/day=20'))).toBe(false);
    expect(existsSync(join(project.folder, 'zones/prod/prod-gold-zone/orders/2026.csv'))).toBe(true);
  } finally {
    await agent?.close({ cancelRunning: true });
    await plane.close();
    await assertNoOrphans(project.folder);
  }
});

async function startDev(plane: ControlPlane, more: Partial<AgentOptions> = {}): Promise<TowpathAgent> {
  const admin = await openAdmin(plane.databaseUrl);
  await admin.ensureEnvironment({ name: 'dev', kind: 'shared', position: 1 });
  const token = await admin.issueAgentCredential({ environment: 'dev', agent: 'dev' });
  await admin.close();
  return await startAgent({
    serverUrl: plane.url,
    token,
    name: 'dev',
    stateFolder: join(project.stateFolder, 'agent'),
    projectFolder: project.folder,
    datakitFolders: [],
    environmentVariables: { PROJECT_FOLDER: project.folder },
    isAgainstShared: true,
    version: '0.0.0-test',
    log: () => undefined,
    ...more,
  });
}
