// Searches of the audit for a text leave the server's connections to others, and end. A lock on the entries stands for a long audit.
import { ListAudit, ListRuns } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t?.close());

const search = (signal?: AbortSignal) =>
  t.engineer.call(ListAudit, { query: { text: 'nowhere' }, ...(signal ? { signal } : {}) });

/** While it works, no entry can be read. */
const withLock = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withConnection(t.databaseUrl, async (client) => {
    await client.query('begin');
    await client.query('lock table audit_entries in access exclusive mode');
    return await work(client);
  });

const SEARCHING = `
select count(*)::integer as count from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query like '%strpos%'`;

async function countSearching(client: pg.Client): Promise<number> {
  // Within a transaction PostgreSQL keeps what it told first.
  await client.query('select pg_stat_clear_snapshot()');
  return (await client.query<{ count: number }>(SEARCHING)).rows[0]?.count ?? 0;
}

test('two searches go on at a time, ten wait, the others are told to come back, and everybody else is answered', async () => {
  const searches = await withLock(async (client) => {
    const address = `${t.server.url}/api/audit?text=nowhere`;
    const headers = { authorization: `Bearer ${t.tokens.engineer}` };
    let told = 0;
    const ask = async () => {
      const answer = await fetch(address, { headers });
      told += 1;
      return answer;
    };
    const asked = Promise.all(Array.from({ length: 30 }, ask));
    await waitFor('two searches', 4_000, async () => (await countSearching(client)) === 2);
    for (let times = 0; times < 3; times += 1)
      expect((await t.engineer.call(ListRuns, { query: {} })).runs).toEqual([]);
    expect(await countSearching(client)).toBe(2);
    // Who asks only when others have had their answers waits for nobody.
    await waitFor('the others to be told', 4_000, async () => told === 18);
    return { asked };
  });
  const answers = await searches.asked;
  const told = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 429);
  expect([told.length, refused.length]).toEqual([12, 18]);
  for (const answer of told) expect(await answer.json()).toMatchObject({ entries: [], next: null });
  for (const answer of refused) {
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await answer.json()).toMatchObject({ code: 'AUDIT_SEARCH_BUSY' });
  }
});

test('a search that takes too long ends and says what to do, and the next has its turn', async () => {
  const codes = await withLock(() =>
    Promise.all([search(), search()].map((one) => one.catch((thrown: { code: string }) => thrown.code))),
  );
  expect(codes).toEqual(['AUDIT_SEARCH_TOO_LONG', 'AUDIT_SEARCH_TOO_LONG']);
  expect((await search()).entries).toEqual([]);
});

test('who hangs up while they wait keeps no turn and no place', async () => {
  const hangUp = new AbortController();
  const asked = await withLock(async (client) => {
    const first = [search(), search()];
    await waitFor('two searches', 4_000, async () => (await countSearching(client)) === 2);
    const waiting = Array.from({ length: 11 }, () => search(hangUp.signal).catch((thrown: unknown) => thrown));
    expect(await Promise.race(waiting), 'one of eleven').toMatchObject({ code: 'AUDIT_SEARCH_BUSY' });
    hangUp.abort();
    for (const one of await Promise.all(waiting)) expect(one).toBeInstanceOf(Error);
    const isToldToWait = () =>
      search(AbortSignal.timeout(200)).catch((thrown: unknown) => thrown instanceof DOMException);
    await waitFor('a place', 4_000, isToldToWait);
    return { first };
  });
  await Promise.all(asked.first);
  expect((await search()).next).toBeNull();
});
