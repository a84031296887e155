// A72: what guards one route guards each: Host, Origin, CSRF, and the end of a credential. Routes are taken from the API itself.
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import * as api from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let cookie: string;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  cookie = await openSession('carla');
});
afterAll(() => t?.close());

async function openSession(name: string): Promise<string> {
  const admin = await openAdmin(t.databaseUrl);
  const link = await admin.issueConsoleLink({ name, role: 'administrator' }).finally(() => admin.close());
  const opened = await send(api.OpenConsole, {}, JSON.stringify({ link }));
  return String(opened.cookie).split(';')[0] ?? '';
}

function isContract(value: unknown): value is api.RouteContract {
  return typeof value === 'object' && value !== null && 'permission' in value && 'path' in value;
}

const CONTRACTS = Object.entries(api).flatMap(([name, value]): [string, api.RouteContract][] =>
  isContract(value) ? [[name, value]] : [],
);

const ID = '01890000-0000-7000-8000-000000000000';

// node:http, because fetch does not let a caller choose Host and Origin.
async function send({ method, path }: api.RouteContract, headers: Record<string, string>, body?: string) {
  const { port } = t.server;
  const request = httpRequest({
    ...{ host: '127.0.0.1', port, method, path: path.replace(/:\w+/g, ID), agent: false },
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  const answered = once(request, 'response');
  request.end(body);
  const [response] = await answered;
  if (response.headers['content-type'] === 'text/event-stream') {
    request.destroy();
    return { status: response.statusCode, code: undefined, cookie: undefined };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const isProblem = String(response.headers['content-type']).startsWith(api.PROBLEM_MEDIA_TYPE);
  const code = isProblem ? api.Problem.parse(JSON.parse(text)).code : undefined;
  return { status: response.statusCode, code, cookie: response.headers['set-cookie']?.[0] };
}

describe.each(CONTRACTS)('%s', (_, contract) => {
  const bearer = () => ({ authorization: `Bearer ${t.tokens.administrator}` });
  const own = () => `127.0.0.1:${t.server.port}`;

  test('is not asked by another name', async () => {
    const answer = await send(contract, { ...bearer(), host: 'evil.example' });
    expect(answer).toMatchObject({ status: 403, code: 'HOST_REFUSED' });
  });

  test('is not asked by a page of another origin', async () => {
    for (const origin of ['http://evil.example', 'null'])
      expect(await send(contract, { ...bearer(), host: own(), origin })).toMatchObject({ code: 'ORIGIN_REFUSED' });
  });

  test('changes nothing for a cookie that comes without its CSRF token', async () => {
    if (contract.method === 'GET' || contract.permission === 'public') return;
    for (const csrf of [undefined, '', 'guessed']) {
      const headers = { cookie, ...(csrf !== undefined && { [api.CSRF_HEADER]: csrf }) };
      expect(await send(contract, headers)).toMatchObject({ status: 403, code: 'CSRF_REFUSED' });
    }
  });

  test('knows a credential no longer that has ended', async () => {
    if (contract.permission === 'public') return;
    for (const headers of ended)
      expect(await send(contract, headers)).toMatchObject({ status: 401, code: 'AUTHENTICATION_REQUIRED' });
  });
});

/** Headers of credentials that were good, and are revoked. */
const ended: Record<string, string>[] = [];
beforeAll(async () => {
  const session = await openSession('dora');
  const admin = await openAdmin(t.databaseUrl);
  const token = await admin.issueAccessToken({ name: 'dora', role: 'administrator' });
  const agent = await admin.issueAgentCredential({ environment: 'int', agent: 'gone' });
  const headers = [{ cookie: session }, { authorization: `Bearer ${token}` }, { authorization: `Bearer ${agent}` }];
  for (const one of headers) expect(await send(api.GetSession, one)).toMatchObject({ status: 200 });
  await admin.revokeAccess('dora');
  await admin.revokeAgentCredentials({ environment: 'int', agent: 'gone' });
  await admin.close();
  ended.push(...headers);
});
