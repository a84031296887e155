// A72: consoles and links outlive nothing that they were handed on from, and nothing that is redeemed outlives a revocation.
import {
  CreateConsoleLink,
  CSRF_HEADER,
  createClient,
  GetSession,
  IssueToken,
  OpenConsole,
  RevokePerson,
  RevokeToken,
  SignOut,
} from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t?.close());

/** A browser that opened the console by a link. */
async function open(link: string) {
  const response = await fetch(`${t.server.url}${OpenConsole.path}`, {
    method: OpenConsole.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link }),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw Object.assign(new Error(`refused: ${JSON.stringify(body)}`), body);
  const { csrf } = OpenConsole.reply.parse(body);
  const cookie = String(response.headers.getSetCookie()[0]).split(';')[0] ?? '';
  return createClient({ baseUrl: t.server.url, headers: () => ({ cookie, [CSRF_HEADER]: csrf ?? '' }) });
}

type Caller = typeof t.administrator;

const makeLink = async (from: Caller) => (await from.call(CreateConsoleLink)).link;
const handOn = async (from: Caller) => open(await makeLink(from));
const isIn = (caller: Caller) =>
  caller.call(GetSession).then(
    () => true,
    () => false,
  );

async function issue() {
  const body = { serviceAccount: 'ci', role: 'engineer' as const, expiresInDays: 1 };
  const { id, token } = await t.administrator.call(IssueToken, { body });
  return { id, client: t.clientOf(token) };
}

const change = (statement: string, values: unknown[] = []) =>
  withConnection(t.databaseUrl, (client) => client.query(statement, values));

/** How a token ends. */
const ENDS: Readonly<Record<string, (token: Awaited<ReturnType<typeof issue>>) => Promise<unknown>>> = {
  'signs out': ({ client }) => client.call(SignOut),
  'is revoked': ({ id }) => t.administrator.call(RevokeToken, { params: { tokenId: id }, body: {} }),
  'is revoked with all of its holder': () =>
    t.administrator.call(RevokePerson, { params: { name: 'service-account:ci' }, body: {} }),
  'is revoked by a server that knows of no links': ({ id }) =>
    change('update access_tokens set revoked_at = now() where id = $1', [id]),
  expires: ({ id }) => change('update access_tokens set expires_at = now() where id = $1', [id]),
};

test.each(Object.entries(ENDS))('A72 a link and a console of a token end when it %s', async (_, end) => {
  const token = await issue();
  const unused = await makeLink(token.client);
  const console = await handOn(token.client);
  const unusedOfConsole = await makeLink(console);
  const further = await handOn(console);
  expect([await isIn(console), await isIn(further)]).toEqual([true, true]);
  await end(token);
  expect([await isIn(console), await isIn(further)]).toEqual([false, false]);
  for (const link of [unused, unusedOfConsole])
    await expect(open(link)).rejects.toMatchObject({ code: 'LINK_INVALID' });
});

describe('A72 a console', () => {
  test('ends with the console that it was handed on from, and takes nothing before it along', async () => {
    const admin = await openAdmin(t.databaseUrl);
    const link = await admin.issueConsoleLink({ name: 'carla', role: 'viewer' }).finally(() => admin.close());
    const first = await open(link);
    const second = await handOn(first);
    const third = await handOn(second);
    const unused = await makeLink(second);
    await second.call(SignOut);
    expect([await isIn(first), await isIn(second), await isIn(third)]).toEqual([true, false, false]);
    await expect(open(unused)).rejects.toMatchObject({ code: 'LINK_INVALID' });
    const fourth = await handOn(first);
    await first.call(SignOut);
    expect([await isIn(first), await isIn(fourth)]).toEqual([false, false]);
  });
});

/** Who waits for what this connection holds. */
const WAITING = `
select from pg_locks w join pg_locks h using (locktype, database, classid, objid, objsubid)
where locktype = 'advisory' and not w.granted and h.granted and h.pid = pg_backend_pid()`;

describe('A72 what is redeemed while access is revoked', () => {
  /** Lets two decisions about a name wait for each other in this order. */
  async function inOrder<A, B>(name: string, first: () => Promise<A>, second: () => Promise<B>) {
    return withConnection(t.databaseUrl, async (client) => {
      const waiting = async () => (await client.query(WAITING)).rowCount ?? 0;
      const lock = "hashtextextended('access of ' || $1, 0)";
      await client.query(`select pg_advisory_lock(${lock})`, [name]);
      const one = Promise.allSettled([first()]);
      await waitFor('the first to wait', 10_000, async () => ((await waiting()) >= 1 ? true : undefined));
      const other = Promise.allSettled([second()]);
      await waitFor('the second to wait', 10_000, async () => ((await waiting()) >= 2 ? true : undefined));
      await client.query(`select pg_advisory_unlock(${lock})`, [name]);
      return { first: (await one)[0], second: (await other)[0] };
    });
  }

  const link = async (name: string) => {
    const admin = await openAdmin(t.databaseUrl);
    return admin.issueConsoleLink({ name, role: 'viewer' }).finally(() => admin.close());
  };
  const revoke = (name: string) => t.administrator.call(RevokePerson, { params: { name }, body: {} });

  test('before: is a session, which ends', async () => {
    const opened = await link('dora');
    const answers = await inOrder(
      'dora',
      () => open(opened),
      () => revoke('dora'),
    );
    expect(answers.second).toMatchObject({ value: { sessions: 1, links: 0 } });
    // Its answer comes after either.
    if (answers.first.status === 'fulfilled') expect(await isIn(answers.first.value)).toBe(false);
    else expect(answers.first.reason).toMatchObject({ code: 'LINK_INVALID' });
  });

  test('after: is refused', async () => {
    const opened = await link('dirk');
    const answers = await inOrder(
      'dirk',
      () => revoke('dirk'),
      () => open(opened),
    );
    expect(answers.first).toMatchObject({ value: { sessions: 0, links: 1 } });
    expect(answers.second).toMatchObject({ reason: { code: 'LINK_INVALID' } });
  });
});
