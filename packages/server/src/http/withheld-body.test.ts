// A72: rights that ended while a body was held back do nothing any more. Routes are taken from the API itself.
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import * as api from '@towpath/api';
import { roleHas } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t?.close());

function isContract(value: unknown): value is api.RouteContract {
  return typeof value === 'object' && value !== null && 'permission' in value && 'path' in value;
}

const CONTRACTS = Object.entries(api).flatMap(([name, value]): [string, api.RouteContract][] =>
  isContract(value) && value.method !== 'GET' && value.permission !== 'public' ? [[name, value]] : [],
);

const ID = '01890000-0000-7000-8000-000000000000';
const BODY = '{}';

interface Held {
  readonly name: string;
  readonly request: ClientRequest;
  readonly answered: Promise<IncomingMessage[]>;
}

/** Sends the headers of a request; when this returns, the server has them. */
async function holdBack([name, contract]: [string, api.RouteContract], credential: object): Promise<Held> {
  const request = httpRequest({
    ...{ host: '127.0.0.1', port: t.server.port, method: contract.method, agent: false },
    path: contract.path.replace(/:\w+/g, ID),
    headers: {
      ...credential,
      'content-type': contract.bodyMediaType ?? 'application/json',
      'content-length': BODY.length,
      expect: '100-continue',
    },
  });
  const answered = once(request, 'response');
  request.flushHeaders();
  await once(request, 'continue');
  return { name, request, answered };
}

async function release({ name, request, answered }: Held): Promise<readonly [string, number | undefined, string]> {
  request.end(BODY);
  const [response] = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of response ?? []) chunks.push(chunk);
  const { code = '' } = JSON.parse(Buffer.concat(chunks).toString());
  return [name, response?.statusCode, code];
}

// The server takes statements in their order: what was asked before this was judged before it.
const settle = (credential: Record<string, string>) =>
  fetch(`${t.server.url}/api/session`, { headers: credential }).then(({ status }) => expect(status).toBe(200));

async function openSession(name: string): Promise<Record<string, string>> {
  const admin = await openAdmin(t.databaseUrl);
  const link = await admin.issueConsoleLink({ name, role: 'administrator' }).finally(() => admin.close());
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${t.server.url}${api.OpenConsole.path}`, {
    ...{ method: 'POST', headers, body: JSON.stringify({ link }) },
  });
  const { csrf } = api.SessionView.parse(await response.json());
  return { cookie: String(response.headers.getSetCookie()[0]).split(';')[0] ?? '', [api.CSRF_HEADER]: csrf ?? '' };
}

test('A72 a body that was held back acts when the rights still hold', async () => {
  const credential = { authorization: `Bearer ${t.tokens.engineer}` };
  const held = await holdBack(['SignOut', api.SignOut], credential);
  await settle(credential);
  // Parsed, and refused for itself: who asked was let through.
  expect((await release(held))[1]).toBe(400);
});

test.each(['token', 'console session'])(
  'A72 a body that was held back does nothing after its %s ended',
  async (kind) => {
    const admin = await openAdmin(t.databaseUrl);
    const name = kind === 'token' ? 'tom' : 'sue';
    const person =
      kind === 'token'
        ? { authorization: `Bearer ${await admin.issueAccessToken({ name, role: 'administrator' })}` }
        : await openSession(name);
    const token = await admin.issueAgentCredential({ environment: 'int', agent: `of-${name}` });
    const agent = { authorization: `Bearer ${token}` };
    const held = await Promise.all(
      CONTRACTS.map((entry) => {
        const { permission } = entry[1];
        const isAgents = permission !== 'public' && permission !== 'signed-in' && roleHas('agent', permission);
        return holdBack(entry, isAgents ? agent : person);
      }),
    );
    await settle(person);
    await settle(agent);
    await admin.revokeAccess(name);
    await admin.revokeAgentCredentials({ environment: 'int', agent: `of-${name}` });
    await admin.close();
    const answers = await Promise.all(held.map(release));
    expect(answers.filter(([, status, code]) => status !== 401 || code !== 'AUTHENTICATION_REQUIRED')).toEqual([]);
    expect(answers.length).toBeGreaterThan(30);
  },
);
