// What is not taken as a credential is entered in the audit, without letting anybody fill it.
import {
  type AuditEntryView,
  GetSession,
  ListAudit,
  ListTokens,
  OpenConsole,
  RedeemLogin,
  RevokeToken,
} from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { openAdmin } from '../../setup.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t?.close());

const isRefused = (asked: Promise<unknown>) => expect(asked).rejects.toMatchObject({ status: 401 });

async function listRefusals(): Promise<readonly AuditEntryView[]> {
  return (await t.administrator.call(ListAudit, { query: { action: 'sign-in.refused', limit: 200 } })).entries;
}

/** Entries, linked or not, and how many refusals those of several tell. */
async function countRefusals(): Promise<{ entries: number; repeated: number }> {
  const { rows } = await withConnection(t.databaseUrl, (client) =>
    client.query<{ entries: number; repeated: number }>(
      `select count(*)::int as entries, coalesce(sum(times) filter (where times > 1), 0)::int as repeated
       from (select (details->>'times')::int as times from audit_entries where action = 'sign-in.refused') x`,
    ),
  );
  return rows[0] ?? { entries: 0, repeated: 0 };
}

/** Waits for the entry of which `details` are these. */
const waitForEntry = (details: object): Promise<AuditEntryView> =>
  waitFor(`an entry with ${JSON.stringify(details)}`, 10_000, async () => {
    const entries = await listRefusals();
    const found = entries.find((entry) => expect.objectContaining(details).asymmetricMatch(entry.details));
    if (found) return found;
    throw new Error(JSON.stringify(entries.map((entry) => entry.details)));
  });

test('A91 a token that was revoked is entered with whose it was, by Towpath itself', async () => {
  const admin = await openAdmin(t.databaseUrl);
  const token = await admin.issueAccessToken({ name: 'nell', role: 'viewer' }).finally(() => admin.close());
  const { tokens } = await t.administrator.call(ListTokens, { query: {} });
  const tokenId = tokens.find(({ name }) => name === 'nell')?.id ?? '';
  await t.administrator.call(RevokeToken, { params: { tokenId }, body: { reason: 'lost' } });
  await isRefused(t.clientOf(token).call(GetSession));
  expect(await waitForEntry({ shown: 'token', reason: 'revoked' })).toMatchObject({
    actor: { kind: 'policy', name: 'automation' },
    subject: { kind: 'person', name: 'nell' },
    environment: null,
    details: { address: '127.0.0.1', times: 1 },
  });
});

test("A91 an agent's credential that was revoked is entered in its environment", async () => {
  const admin = await openAdmin(t.databaseUrl);
  const credential = { environment: 'prod', agent: 'leaver' };
  const token = await admin.issueAgentCredential(credential);
  await admin.revokeAgentCredentials(credential).finally(() => admin.close());
  await isRefused(t.clientOf(token).call(GetSession));
  const subject = { kind: 'agent', id: 'prod/leaver', name: 'leaver' };
  await waitFor('the entry', 10_000, async () => {
    expect(await listRefusals()).toContainEqual(expect.objectContaining({ subject, environment: 'prod' }));
    return true;
  });
});

test('A91 links, codes, cookies and tokens that nobody has are entered with the address they came from', async () => {
  await isRefused(t.clientOf('towpath_access_guessed').call(GetSession));
  await isRefused(t.clientOf('x').call(OpenConsole, { body: { link: `towpath_link_${'x'.repeat(43)}` } }));
  const body = { code: `towpath_login_${'x'.repeat(43)}`, verifier: 'v'.repeat(43) };
  await isRefused(t.clientOf('x').call(RedeemLogin, { body }));
  const headers = { cookie: `towpath-${t.server.port}=towpath_session_guessed` };
  expect((await fetch(`${t.server.url}/api/session`, { headers })).status).toBe(401);
  const subject = { kind: 'address', id: '127.0.0.1', name: '127.0.0.1' };
  expect(await waitForEntry({ shown: 'token', reason: 'unknown' })).toMatchObject({ subject, environment: null });
  expect(await waitForEntry({ shown: 'link', reason: 'LINK_INVALID' })).toMatchObject({ subject });
  expect(await waitForEntry({ shown: 'code', reason: 'LOGIN_CODE_INVALID' })).toMatchObject({ subject });
  expect(await waitForEntry({ shown: 'cookie', reason: 'unknown' })).toMatchObject({ subject });
});

test('who guesses five hundred times leaves no five hundred entries, and is counted when the server closes', async () => {
  const replica = await t.startReplica();
  const guesses = Array.from({ length: 500 }, (_, n) =>
    t.clientOf(`towpath_access_guess-${n}`, replica).call(GetSession),
  );
  await Promise.all(guesses.map(isRefused));
  await replica.close();
  const { entries, repeated } = await countRefusals();
  expect(repeated).toBe(500);
  expect(entries).toBeLessThan(10);
});

test('who shows nothing, and a console that was left open, are no attempt', async () => {
  const before = await countRefusals();
  const { url, close } = await t.startReplica();
  expect((await fetch(`${url}/api/session`)).status).toBe(401);
  const admin = await openAdmin(t.databaseUrl);
  const link = await admin.issueConsoleLink({ name: 'vic', role: 'viewer' }).finally(() => admin.close());
  const headers = { 'content-type': 'application/json', origin: url };
  const opened = await fetch(`${url}/api/session`, { method: 'POST', headers, body: JSON.stringify({ link }) });
  const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect((await fetch(`${url}/api/session`, { headers: { cookie } })).status).toBe(200);
  await withConnection(t.databaseUrl, (client) => client.query('update console_sessions set expires_at = now()'));
  expect((await fetch(`${url}/api/session`, { headers: { cookie } })).status).toBe(401);
  // It enters all that it knows before it is gone.
  await close();
  expect(await countRefusals()).toEqual(before);
});
