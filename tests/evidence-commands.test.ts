// Evidence by the command line, on the server that `towpath server` starts: its variables are all that sources are lent.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext, type TestContext } from '../packages/cli/src/testing/test-context.ts';
import {
  buildChange,
  declareSources,
  type EvidenceWorld,
  NOTHING,
  startEvidenceWorld,
} from '../packages/server/src/testing/evidence-world.ts';
import { deployToInt } from '../packages/server/src/testing/promotion-world.ts';
import { recordRelease } from '../packages/server/src/testing/released.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

let e: EvidenceWorld;
let project: TestProject;
let releaseId: string;
let server: TestContext;
let serving: Promise<number>;
const end = new AbortController();

const VARIABLES = { TOWPATH_EVIDENCE_SERVICENOW_PASSWORD: 'pass:word', TOWPATH_EVIDENCE_DYNATRACE_TOKEN: 'another' };

beforeAll(async () => {
  e = await startEvidenceWorld();
  project = createTestProject('evidence');
  server = createTestContext({ env: VARIABLES, cwd: project.folder, signal: end.signal });
  serving = runProgram(server.context, ['server', '--port', '0', '--database-url', e.w.databaseUrl]);
  ({ id: releaseId } = await recordRelease(e.w.engineer, 'v1.3.3'));
  await deployToInt(e.w, releaseId);
  e.serviceNow.instance.tables.change_request = [buildChange('CHG0030001')];
});
afterAll(async () => {
  end.abort();
  await serving;
  await e.close();
  project.remove();
});

const readServerUrl = () =>
  waitFor('the server to listen', 20_000, () => {
    const [url] = /http:\S+/.exec(server.out()) ?? [];
    if (url === undefined) throw new Error(server.out());
    return url;
  });

async function towpath(token: string, ...args: readonly string[]) {
  const env = { TOWPATH_SERVER: await readServerUrl(), TOWPATH_TOKEN: token };
  const world = createTestContext({ env, cwd: project.folder });
  const code = await runProgram(world.context, args);
  return { code, out: world.out() };
}

const applyPolicy = (rules: object) => {
  const policy = { schemaVersion: 1, evidence: declareSources(e), environments: { prod: { ...NOTHING, ...rules } } };
  // JSON is YAML.
  writeFileSync(join(project.folder, 'policy.yaml'), JSON.stringify(policy));
  return towpath(e.w.tokens.administrator, 'policy', 'apply', 'policy.yaml');
};

it('A67 shows what was asked and said; asks nobody itself', async () => {
  const { tokens } = e.w;
  const show = () => towpath(tokens.business, 'evidence', 'show', releaseId, '--environment', 'prod');
  expect((await show()).out).toBe('The policy asks no outside service about releases into prod.\n');
  await applyPolicy({ change: { source: 'servicenow' }, incidents: { sources: ['servicenow', 'dynatrace'] } });
  expect((await show()).out).toMatch(/servicenow +incidents of priority 1, 2 +not yet/);
  expect(e.serviceNow.requests).toEqual([]);
});

it('A67 promote --change waits for what can not be found out, and says so; evidence show says why', async () => {
  const { tokens } = e.w;
  const words = ['promote', releaseId, '--to', 'prod', '--change', 'CHG0030001'];
  const plan = await towpath(tokens.releaseManager, ...words, '--plan');
  expect(plan.out).toMatch(/change +allow +CHANGE_APPROVED/);
  expect(plan.out).toMatch(/incidents +defer +EVIDENCE_UNREACHABLE/);
  const asked = await towpath(tokens.releaseManager, ...words);
  expect([asked.code, asked.out]).toEqual([0, expect.stringContaining('change record: CHG0030001\n')]);
  const { out } = await towpath(tokens.business, 'evidence', 'show', releaseId, '--environment', 'prod');
  expect(out).toMatch(/servicenow +change CHG0030001 +20\S+ +approved, Implement, \S+ to \S+ +http/);
  expect(out).toMatch(
    /dynatrace +incidents of priority 1, 2 +20\S+ +CREDENTIAL_REFUSED: It does not take the credential/,
  );
  const json = await towpath(tokens.business, 'evidence', 'show', releaseId, '--environment', 'prod', '--json');
  expect(JSON.parse(json.out)).toMatchObject({ evidence: [{ question: { kind: 'change' } }, {}, {}] });
  for (const secret of ['pass:word', 'another']) expect(json.out + server.out() + server.err()).not.toContain(secret);
});

it('A67 evidence test asks a source once: exit code 1 when it gives no answer', async () => {
  const { tokens } = e.w;
  const test = (source: string, token = tokens.administrator) =>
    towpath(
      token,
      'evidence',
      'test',
      source,
      '--release',
      releaseId,
      '--environment',
      'prod',
      '--change',
      'CHG0030001',
    );
  expect(await test('servicenow')).toMatchObject({ code: 0, out: expect.stringMatching(/incidents .* none /) });
  expect(await test('dynatrace')).toMatchObject({ code: 1, out: expect.stringContaining('CREDENTIAL_REFUSED') });
  await applyPolicy({ checks: { source: 'github' } });
  // A variable that the server was not given.
  expect(await test('github')).toMatchObject({ code: 1, out: expect.stringContaining('SECRET_MISSING') });
  await expect(test('nobody')).rejects.toMatchObject({ code: 'EVIDENCE_SOURCE_UNKNOWN' });
  await expect(test('github', tokens.releaseManager)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
});
