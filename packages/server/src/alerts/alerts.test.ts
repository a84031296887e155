// What should have happened and did not is told once, and again when it happens anew.
import { ApplyEnvironments, ListNotifications, ListSchedules, PauseSchedule, StartRun } from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { askForProd, deployToInt, startWorld, type World } from '../testing/promotion-world.ts';
import { recordRelease } from '../testing/released.ts';
import { buildSchedule, registerScheduled } from '../testing/scheduled-pipeline.ts';

let w: World;
beforeAll(async () => {
  w = await startWorld();
  const alerts = { noRunHours: 26, promotionStuckHours: 2 };
  const environments = [
    { name: 'int', kind: 'shared' as const, alerts },
    { name: 'prod', kind: 'production' as const, alerts },
  ];
  await w.administrator.call(ApplyEnvironments, { body: { project: 'markets', environments, isWhole: false } });
});
afterAll(() => w.close());

/** Changes instants, and wakes whoever looks for what is absent. */
const age = (statement: string) =>
  withConnection(w.databaseUrl, async (client) => {
    await client.query(statement);
    await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'absence']);
  });

async function list(kind: string): Promise<readonly string[]> {
  const { notifications } = await w.engineer.call(ListNotifications, { query: {} });
  return notifications.filter((one) => one.kind === kind).map(({ title, text }) => `${title}. ${text}`);
}

const waitForAlerts = (kind: string, count: number) =>
  waitFor(`${count} times ${kind}`, 20_000, async () => {
    const found = await list(kind);
    if (found.length < count) throw new Error(found.join('\n'));
    return found;
  });

/** A look at everything that comes after this: told before it, what is looked for is told. */
async function lookOnce(agent = w.agent): Promise<void> {
  const before = (await list('run.absent')).length;
  await registerScheduled(agent, `marker-${before}`, [buildSchedule()]);
  await age(`update schedules set registered_at = now() - interval '30 hours' where pipeline = 'marker-${before}'`);
  await waitForAlerts('run.absent', before + 1);
}

async function runOnce(pipeline: string): Promise<void> {
  await w.engineer.call(StartRun, { body: { pipeline, environment: 'int' } });
  await w.int.finish(await w.int.claim());
}

test('A92 a pipeline with a schedule of which no run has ended for so many hours is told, once for each silence', async () => {
  await registerScheduled(w.agent, 'hourly', [buildSchedule()]);
  await registerScheduled(w.agent, 'paused', [buildSchedule()]);
  const { schedules } = await w.engineer.call(ListSchedules, { query: { pipeline: 'paused' } });
  await w.engineer.call(PauseSchedule, { params: { scheduleId: schedules[0]?.id ?? '' }, body: {} });
  await runOnce('hourly');
  await age(`update schedules set registered_at = now() - interval '30 hours'`);
  await lookOnce();
  expect(await list('run.absent')).toEqual([expect.stringContaining('marker-0')]);
  await age(`update runs set finished_at = finished_at - interval '27 hours'`);
  await waitForAlerts('run.absent', 2);
  await lookOnce();
  const found = await list('run.absent');
  expect(found).toHaveLength(3);
  expect(found[1]).toMatch(/^\[INT\] hourly has not run for 26 hours\. No run of it has ended since 20/);

  await runOnce('hourly');
  await lookOnce();
  expect(await list('run.absent')).toHaveLength(4);
  await age(`update runs set finished_at = finished_at - interval '27 hours'`);
  await waitForAlerts('run.absent', 5);
});

test('A92 a promotion that waits for too long is told once, with the gates that are red', async () => {
  const release = await recordRelease(w.engineer, 'v1.0.0');
  await deployToInt(w, release.id);
  const { id } = await askForProd(w, release.id);
  await lookOnce(w.prodAgentClient);
  expect(await list('promotion.stuck')).toEqual([]);
  await age(`update promotions set requested_at = now() - interval '3 hours' where id = '${id}'`);
  const [text] = await waitForAlerts('promotion.stuck', 1);
  expect(text).toMatch(/^\[PROD\] v1\.0\.0 has waited for 2 hours\. Asked for at .*Red: soak, cycles, sign-offs/);
  await lookOnce(w.prodAgentClient);
  expect(await list('promotion.stuck')).toHaveLength(1);
});
