// docs/reference/retention.md is executed: its project is written as it stands there, each command run, each output compared;
// then its pipeline runs with a real server and agent.
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startAgent, type TowpathAgent } from '@towpath/agent';
import { StartRun } from '@towpath/api';
import { openAdmin } from '@towpath/server';
import { assertNoOrphans } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const PATH = new URL('../docs/reference/retention.md', import.meta.url);
const PAGE = readFileSync(PATH, 'utf8');
const NOW = new Date('2026-06-30T12:00:00Z');

let project: TestProject;
beforeEach(() => {
  project = createTestProject('retention-reference');
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  project.write('towpath.yaml', yaml);
  put('dev-bronze-zone/orders/day=20/a.json', '2026-06-20T08:00:00Z');
  put('dev-bronze-zone/orders/day=29/b.json', '2026-06-29T08:00:00Z');
  put('dev-silver-zone/orders/day=20/rows.json', '2026-06-20T09:00:00Z');
  put('prod-gold-zone/orders/2026.csv', '2026-01-01T09:00:00Z');
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
    expect(existsSync(join(project.folder, 'zones/dev-bronze-zone/orders/day=20'))).toBe(false);
    expect(existsSync(join(project.folder, 'zones/prod-gold-zone/orders/2026.csv'))).toBe(true);
  } finally {
    await agent?.close({ cancelRunning: true });
    await plane.close();
    await assertNoOrphans(project.folder);
  }
});

async function startDev(plane: ControlPlane): Promise<TowpathAgent> {
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
  });
}
