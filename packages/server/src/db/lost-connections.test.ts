import { CancelRun, GetHealth, GetRun } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { withConnection } from './database.ts';
import { migrate } from './migrate.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());

/** Ends every connection of the server, as a PostgreSQL that is killed would, and waits until they are gone. */
const cutConnections = () =>
  withConnection(t.databaseUrl, (client) =>
    client.query(
      `select pg_terminate_backend(pid, 10000) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and application_name like 'towpath-%'`,
    ),
  );

test('a connection that is lost in the middle of a transaction is a 503, and the server goes on', async () => {
  const agent = await openSimulatedAgent(t.agent);
  const runId = await startRunOf(t, [buildTask('a')]);
  const holder = new pg.Client({ connectionString: t.databaseUrl, application_name: 'holder' });
  await holder.connect();
  await holder.query('begin');
  await holder.query('select from runs where id = $1 for update', [runId]);
  const cancelled = t.engineer.call(CancelRun, { params: { runId }, body: {} }).then(
    () => 'answered',
    (error: { code: string; status: number }) => [error.status, error.code],
  );
  await waitFor('the cancellation to wait for the run', 10_000, async () => {
    const waiting = await holder.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return waiting.rowCount === 1;
  });
  await cutConnections();
  expect(await cancelled).toEqual([503, 'DATABASE_UNAVAILABLE']);
  await holder.query('rollback');
  await holder.end();
  expect(await t.engineer.call(GetHealth)).toMatchObject({ status: 'ok' });
  expect(await t.engineer.call(GetRun, { params: { runId } })).toMatchObject({ isCancelRequested: false });
  await agent.finish(await agent.claim());
  expect((await t.engineer.call(GetRun, { params: { runId } })).state).toBe('succeeded');
});
