// A registration takes its locks in the order of all others: schedules, then (what finishes and claims hold) runs, then pools.
import { RegisterCode } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { buildSchedule } from '../testing/scheduled-pipeline.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterEach(() => t.close());

test('a registration that waits for a schedule holds no pool: a finish that wants it may hold what the schedule waits for', async () => {
  const register = (slots: number) => {
    const graph = { ...buildGraph('daily', [buildTask('load', { pool: 'narrow' })]), schedules: [buildSchedule()] };
    return t.agent.call(RegisterCode, { body: { ...buildRegistration([graph]), pools: { narrow: slots } } });
  };
  await register(1);
  await withConnection(t.databaseUrl, async (client) => {
    await client.query('begin');
    await client.query('select from schedules for update');
    const registering = register(2);
    await waitFor('the registration to wait', 10_000, async () => {
      const { rowCount } = await client.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rowCount === 1;
    });
    await client.query('select from pools for update nowait');
    await client.query('commit');
    await expect(registering).resolves.toMatchObject({ registered: 1 });
    const { rows } = await client.query('select slots from pools');
    expect(rows).toEqual([{ slots: 2 }]);
  });
});
