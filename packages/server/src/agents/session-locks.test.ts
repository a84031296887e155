// What a claim in flight holds of its session: renewals pass, its end and its silence don't.
import { CloseSession, RenewSession } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import type pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPool, withTransaction } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { endIdleSession } from './operations/end-idle-session.ts';
import { findSession, type SessionKey } from './operations/find-session.ts';
import { lockSession } from './operations/lock-session.ts';
import { noticeSilence } from './transactions/notice-silence.ts';

let t: TestServer;
let pool: pg.Pool;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  pool = openPool(t.databaseUrl);
});
afterEach(async () => {
  await pool.end();
  await t.close();
});

async function openSession(): Promise<SessionKey> {
  const { sessionId } = await openSimulatedAgent(t.agent);
  const { rows } = await pool.query<{ agent_id: string }>('select agent_id from agent_sessions where id = $1', [
    sessionId,
  ]);
  return { sessionId, agentId: rows[0]?.agent_id ?? '' };
}

/** Runs `meanwhile` while a transaction holds what a claim holds. */
function duringClaim(key: SessionKey, meanwhile: () => Promise<void>): Promise<void> {
  return withTransaction(pool, async (tx) => {
    expect(await findSession(tx, key)).toMatchObject({ isEnded: false });
    await meanwhile();
  });
}

const waitForBlocked = () =>
  waitFor('somebody to wait for a lock', 10_000, async () => {
    const { rowCount } = await pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rowCount === 1;
  });

const expire = (sessionId: string) =>
  pool.query("update agent_sessions set lease_ends_at = now() - interval '1 s' where id = $1", [sessionId]);

test('a renewal is answered while a claim is in flight', async () => {
  const key = await openSession();
  const { sessionId } = key;
  await duringClaim(key, async () => {
    await expire(sessionId);
    await t.agent.call(RenewSession, { params: { sessionId } });
  });
  const { rows } = await pool.query('select lease_ends_at > now() as is_live from agent_sessions where id = $1', [
    sessionId,
  ]);
  expect(rows).toEqual([{ is_live: true }]);
});

test('a session falls silent only when no claim of it is in flight', async () => {
  const key = await openSession();
  await duringClaim(key, async () => {
    await expire(key.sessionId);
    // By this server or by the one under test: nobody gets past the claim.
    expect(await noticeSilence(pool)).toBe(0);
    const { rows } = await pool.query('select silent_at from agent_sessions');
    expect(rows).toEqual([{ silent_at: null }]);
  });
  await noticeSilence(pool);
  const { rows } = await pool.query('select silent_at is not null as is_silent from agent_sessions');
  expect(rows).toEqual([{ is_silent: true }]);
});

test.each([
  ['it is closed', (sessionId: string) => t.agent.call(CloseSession, { params: { sessionId } })],
  ['another takes over', () => openSimulatedAgent(t.agent)],
])('a session ends after the claims that are in flight when %s', async (_, end) => {
  const key = await openSession();
  let ending: Promise<unknown> | undefined;
  await duringClaim(key, async () => {
    ending = end(key.sessionId);
    await waitForBlocked();
    const { rows } = await pool.query('select ended_at from agent_sessions where id = $1', [key.sessionId]);
    expect(rows).toEqual([{ ended_at: null }]);
  });
  await ending;
  const { rows } = await pool.query('select ended_at is null as is_open from agent_sessions where id = $1', [
    key.sessionId,
  ]);
  expect(rows).toEqual([{ is_open: false }]);
});

test('a claim that waits for an end sees it', async () => {
  const key = await openSession();
  let claiming: Promise<unknown> | undefined;
  await withTransaction(pool, async (tx) => {
    await lockSession(tx, key);
    claiming = withTransaction(pool, (other) => findSession(other, key));
    await waitForBlocked();
    await endIdleSession(tx, key.sessionId);
  });
  expect(await claiming).toMatchObject({ isEnded: true });
});
