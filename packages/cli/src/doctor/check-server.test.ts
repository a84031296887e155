import { createServer, type RequestListener, type Server } from 'node:http';
import { migrate, openAdmin, startServer, type TowpathServer } from '@towpath/server';
import { createTestDatabase, type TestDatabase } from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { VERSION } from '../version.ts';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

let database: TestDatabase;
let server: TowpathServer;
let agentToken: string;
let personToken: string;
let project: DoctorProject;
let other: Server | undefined;

beforeAll(async () => {
  database = await createTestDatabase({ template: 'state', migrate });
  server = await startServer({ databaseUrl: database.url, host: '127.0.0.1', port: 0, version: VERSION });
  const admin = await openAdmin(database.url);
  await admin.ensureEnvironment({ name: 'int', kind: 'shared', position: 0 });
  agentToken = await admin.issueAgentCredential({ environment: 'int', agent: 'int' });
  personToken = await admin.issueAccessToken({ name: 'ada', role: 'engineer' });
  await admin.close();
});
afterAll(async () => {
  await server.close();
  await database.drop();
});
beforeEach(() => {
  other = undefined;
  project = createDoctorProject('name: finks\nenvironments: { int: { kind: shared }, qa: { kind: shared } }\n');
});
afterEach(async () => {
  other?.closeAllConnections();
  await new Promise((done) => (other ? other.close(done) : done(undefined)));
  project.remove();
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  other = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  const address = started.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const serveVersion = (version: string, aheadMs = 0) =>
  serve((_, response) => {
    const date = new Date(Date.now() + aheadMs).toUTCString();
    response.writeHead(200, { 'content-type': 'application/json', date });
    response.end(JSON.stringify({ status: 'ok', version }));
  });

const check = (variables: Record<string, string>) => project.run('server', variables);

it('A98 nothing is said of a server that answers, accepts both tokens and is of this version', async () => {
  const tokens = { TOWPATH_AGENT_TOKEN: agentToken, TOWPATH_TOKEN: personToken };
  const healthy = await check({ TOWPATH_SERVER: `${server.url}/`, ENVIRONMENT: 'int', ...tokens });
  expect(healthy).toMatchObject({ code: 0, findings: [] });
  expect(healthy.text).toContain('accepted as int (agent)');
  expect(await check({})).toMatchObject({ code: 0, findings: [] });
});

it('A98 an agent whose credential is of another environment is told of both', async () => {
  const variables = { TOWPATH_SERVER: server.url, TOWPATH_AGENT_TOKEN: agentToken, ENVIRONMENT: 'qa' };
  expect(await check(variables)).toMatchObject({
    code: 1,
    findings: [
      {
        code: 'ENVIRONMENT_MISMATCH',
        text: expect.stringContaining('the values of qa, but its credential is of int'),
        fix: expect.stringContaining('ENVIRONMENT=int'),
      },
    ],
  });
});

it('A98 a token that is refused, malformed or of a person is told, and never shown', async () => {
  const refused = await check({ TOWPATH_SERVER: server.url, TOWPATH_AGENT_TOKEN: 'twp_agent_0000000' });
  expect(refused).toMatchObject({
    code: 1,
    findings: [{ subject: 'TOWPATH_AGENT_TOKEN', code: 'AUTHENTICATION_REQUIRED', fix: expect.anything() }],
  });
  const malformed = await check({ TOWPATH_SERVER: server.url, TOWPATH_TOKEN: 'twp_two\nlines-443' });
  expect(malformed.findings).toMatchObject([{ subject: 'TOWPATH_TOKEN', code: 'TOKEN_INVALID' }]);
  const persons = await check({ TOWPATH_SERVER: server.url, TOWPATH_AGENT_TOKEN: personToken });
  expect(persons.findings).toMatchObject([
    { code: 'AGENT_TOKEN_WRONG', text: expect.stringContaining('(ada, engineer)'), fix: expect.anything() },
  ]);
  const texts = [refused, malformed, persons].map(({ text }) => text).join('');
  for (const token of ['twp_agent_0000000', 'lines-443', personToken]) expect(texts).not.toContain(token);
});

it('A98 a server that refuses connections, is unknown, or is something else is told with its address', async () => {
  const url = await serve((_, response) => response.writeHead(200).end('<h1>It works!</h1>'));
  const page = await check({ TOWPATH_SERVER: url });
  expect(page).toMatchObject({
    code: 1,
    findings: [{ code: 'REPLY_INVALID', fix: expect.stringContaining('address') }],
  });
  await new Promise((done) => other?.close(done));
  const gone = await check({ TOWPATH_SERVER: url });
  expect(gone.findings).toMatchObject([{ code: 'SERVER_UNREACHABLE', text: expect.stringContaining('ECONNREFUSED') }]);
  const unknown = await check({ TOWPATH_SERVER: 'http://towpath.invalid' });
  expect(unknown.findings).toMatchObject([
    { code: 'SERVER_UNREACHABLE', text: expect.stringContaining('towpath.invalid') },
  ]);
  expect((await check({ TOWPATH_SERVER: 'towpath:8080' })).findings).toMatchObject([
    { code: 'SERVER_ADDRESS_INVALID' },
  ]);
  expect((await check({ TOWPATH_AGENT_TOKEN: agentToken })).findings).toMatchObject([
    { code: 'AGENT_SETTING_MISSING', fix: expect.stringContaining('TOWPATH_SERVER') },
  ]);
});

it('A98 a server that accepts and never answers is told within seconds', async () => {
  const url = await serve(() => undefined);
  const startedAtMs = performance.now();
  expect((await check({ TOWPATH_SERVER: url })).findings).toMatchObject([
    { code: 'SERVER_UNREACHABLE', text: expect.stringContaining('within 5 s') },
  ]);
  expect(performance.now() - startedAtMs).toBeLessThan(15_000);
});

it('A98 an older server is a problem, a newer one a note', async () => {
  const older = await check({ TOWPATH_SERVER: await serveVersion('0.0.9') });
  expect(older).toMatchObject({
    code: 1,
    findings: [{ code: 'SERVER_TOO_OLD', fix: expect.stringContaining('Upgrade') }],
  });
  await new Promise((done) => other?.close(done));
  const newer = await check({ TOWPATH_SERVER: await serveVersion('1.0.0') });
  expect(newer).toMatchObject({ code: 0, findings: [{ status: 'note', code: 'SERVER_NEWER' }] });
});

it('A98 a clock that differs from that of the server is told, one that does not is not', async () => {
  const wrong = await project.run('clock', { TOWPATH_SERVER: await serveVersion(VERSION, -3_600_000) });
  expect(wrong).toMatchObject({
    code: 1,
    findings: [
      { code: 'CLOCK_WRONG', text: expect.stringMatching(/clock is (?:3599|360\d) s ahead of that of the server/) },
    ],
  });
  expect(await project.run('clock', { TOWPATH_SERVER: server.url })).toMatchObject({ code: 0, findings: [] });
});
