// Reads of secrets by commands: told to the audit where the environment's agent credential is at hand, printed in any case.
import { type AuditEntryView, ListAudit } from '@towpath/api';
import { openAdmin } from '@towpath/server';
import { createTestDatabase, type TestDatabase, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const CLAIM = ['environment', 'claim', 'bronze', '--environment', 'local'];
const RETAIN = ['retention', '--zone', 'bronze', '--environment', 'local'];

let plane: ControlPlane;
let project: TestProject;
let warehouse: TestDatabase;
beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('command-reads');
  warehouse = await createTestDatabase({ template: 'empty' });
  const { host, port, user, password } = new pg.Client({ connectionString: warehouse.url });
  project.write('secrets/local/warehouse', JSON.stringify({ password }), 0o600);
  const place = `host: "${host}", port: ${port}, database: ${warehouse.name}, user: "${user}"`;
  project.write(
    'towpath.yaml',
    `name: x
environments:
  local:
    kind: local
    secrets: { provider: file, folder: secrets }
    targets: { bronze: { type: postgres, ${place}, password: "secret://local/warehouse#password" } }
    sizing: { retentionDays: 7 }
`,
  );
});
afterEach(async () => {
  await warehouse.drop();
  await plane.close();
  project.remove();
});

const asAgent = (token: string) => ({ TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: token });

async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { context, out, err } = createTestContext({ cwd: project.folder, env });
  const code = await runProgram(context, words);
  return `${out()}${err()}(${code})`;
}

const listReads = async (): Promise<readonly AuditEntryView[]> =>
  (await plane.client.call(ListAudit, { query: { action: 'secret' } })).entries;

it.each([
  ['environment claim', CLAIM],
  ['retention', RETAIN],
  ['doctor', ['doctor', '--environment', 'local']],
])('A49 a secret that `towpath %s` reads with the agent’s credential is in the audit', async (_, words) => {
  await run(words, asAgent(plane.agentToken));
  const [entry] = await waitFor('the read', 10_000, async () => {
    const reads = await listReads();
    return reads.length > 0 && reads;
  });
  expect(entry).toMatchObject({
    ...{ action: 'secret.read', environment: 'local', actor: { kind: 'agent', name: 'local' } },
    why: "for a command with the agent's credential",
    subject: { name: 'secret://local/warehouse#password' },
    details: { purpose: 'command', outcome: 'read', attemptId: null },
  });
});

it('A49 without a credential it is printed, and nobody else is told', async () => {
  expect(await run(CLAIM)).toContain('secret://local/warehouse#password read by the agent from file: fetched');
  expect(await run(RETAIN)).toMatch(/read by the agent from file: fetched[\s\S]*\(0\)$/);
  expect(await listReads()).toEqual([]);
});

it('A49 the credential of another environment is not used to tell', async () => {
  const admin = await openAdmin(plane.databaseUrl);
  await admin.ensureEnvironment({ name: 'qa', kind: 'shared', position: 1 });
  const token = await admin.issueAgentCredential({ environment: 'qa', agent: 'qa' });
  await admin.close();
  expect(await run(RETAIN, asAgent(token))).toMatch(/TOWPATH_AGENT_TOKEN is of another environment[\s\S]*\(0\)$/);
  expect(await listReads()).toEqual([]);
});

it('A49 what can not be told is not used; doctor, which uses nothing, goes on', async () => {
  await plane.pause();
  try {
    const env = asAgent(plane.agentToken);
    await expect(run(CLAIM, env)).rejects.toMatchObject({ code: 'SECRET_AUDIT_FAILED' });
    const told = await run(['doctor', '--environment', 'local'], env);
    expect(told).toContain('SERVER_UNREACHABLE');
    expect(told).not.toContain('SECRET_AUDIT_FAILED');
  } finally {
    await plane.resume();
  }
});
