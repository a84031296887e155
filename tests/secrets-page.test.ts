// The example of docs/reference/secrets.md, done as it says: project, secret and pipeline from the page, its commands with what
// they print.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ListAudit, StartRun } from '@towpath/api';
import { assertNoOrphans, type SpawnedProcess, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { runTowpath, spawnTowpath, waitForRunEnd } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../docs/reference/secrets.md', import.meta.url)), 'utf8');
const [, EXAMPLE = ''] = PAGE.split('## An example\n');
const blockOf = (language: string): string => EXAMPLE.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';

let plane: ControlPlane;
let project: TestProject;
let agent: SpawnedProcess;

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('secrets-page');
  project.write('towpath.yaml', blockOf('yaml'));
  project.write('pipelines/careless.ts', blockOf('ts'));
  const [, setting = ''] = /has `(API_TOKEN=[^`]+)`/.exec(EXAMPLE) ?? [];
  const [, secret = ''] = /has `(\{[^`]+\})`/.exec(EXAMPLE) ?? [];
  project.write('config/.env.local', `${setting}\n`);
  project.write('secrets/local/api', secret, 0o600);
  const env = { TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: plane.agentToken, ENVIRONMENT: 'local' };
  agent = await spawnTowpath(project, ['agent', '--state', join(project.folder, '.towpath/local')], env);
  await agent.waitForOutput(/pipelines loaded/, 60_000);
});

afterEach(async () => {
  agent.kill('SIGTERM');
  await agent.waitForExit(20_000);
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

/** Instants, ids and versions are other ones each time; trailing blanks are nobody's. */
function normalize(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-03-01T06:00:00.000Z')
    .replaceAll(/run=[0-9a-f-]{36}/g, 'run=…')
    .replaceAll(/platform=\S+/g, 'platform=…')
    .replaceAll(/^ *\d+ {2}/gm, 'N  ')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
}

it('A49 the page about secrets shows what the commands print: a masked log, and an entry of the audit', async () => {
  const { id } = await plane.client.call(StartRun, { body: { pipeline: 'careless', environment: 'local' } });
  const run = await waitForRunEnd(plane.client, id);
  expect(run.tasks[0]?.attempts[0]?.result).toEqual({ used: '*************' });
  await waitFor('the read to be audited', 20_000, async () => {
    const { entries } = await plane.client.call(ListAudit, { query: { action: 'secret' } });
    return entries.length > 0;
  });
  const sessions = blockOf('console').trim().split('\n\n');
  expect(sessions).toHaveLength(2);
  for (const session of sessions) {
    const [command = '', ...lines] = session.split('\n');
    const words = command.replace(/^\$ towpath /, '').split(' ');
    const env = { TOWPATH_SERVER: plane.url, TOWPATH_TOKEN: plane.token, ENVIRONMENT: 'local' };
    const { stdout } = await runTowpath(project, words, env);
    expect(normalize(stdout), command).toBe(normalize(lines.join('\n')));
  }
});
