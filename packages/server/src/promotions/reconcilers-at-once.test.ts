// Any number of servers look at the same promotion at the same moment: what it comes to happens once, and looking changes nothing.
import { GetBoard, GetPromotion, OpenPromotion, ReportRelease, WatchRelease } from '@towpath/api';
import { SHIPPED_POLICY } from '@towpath/core';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool, withConnection } from '../db/database.ts';
import { askForProd, deployToInt, openCalendar, startWorld, type World } from '../testing/promotion-world.ts';
import { recordRelease } from '../testing/released.ts';
import { createHolidayBook, type HolidayBook } from './holiday-book.ts';
import { insertPolicy } from './operations/insert-policy.ts';
import { reconcilePromotion } from './transactions/reconcile-promotion.ts';

const LOOKS_OF_EACH = 15;

let w: World;
let servers: readonly { readonly pool: pg.Pool; readonly book: HolidayBook }[];
beforeAll(async () => {
  w = await startWorld();
  await openCalendar(w);
  servers = [1, 2].map(() => ({ pool: openPool(w.databaseUrl), book: createHolidayBook() }));
});
afterAll(async () => {
  await Promise.all(servers.map(({ pool }) => pool.end()));
  await w.close();
});

const lookOften = (environment: string) =>
  Promise.all(
    servers.flatMap(({ pool, book }) =>
      Array.from({ length: LOOKS_OF_EACH }, () => reconcilePromotion(pool, book, environment)),
    ),
  );

/** Everything that promotions come to, but for when gates were asked last. */
const readState = () =>
  withConnection(w.databaseUrl, async (client) => {
    const read = async (statement: string) => (await client.query(statement)).rows;
    return {
      promotions: await read(`select to_jsonb(p) - 'judged_at' as row from promotions p order by id`),
      deployments: await read('select to_jsonb(d) as row from deployments d order by id'),
      desired: await read('select to_jsonb(d) as row from desired_releases d order by environment'),
      audit: await read(`select action, count(*)::integer from audit_entries group by 1 order by 1`),
    };
  });

const countAudit = async (action: string): Promise<number> =>
  (await readState()).audit.find((row) => row.action === action)?.count ?? 0;

test('one that waits goes on waiting, as it is', async () => {
  const { id } = await recordRelease(w.engineer, 'v1.0.0');
  await deployToInt(w, id);
  await askForProd(w, id);
  const before = await readState();
  await lookOften('prod');
  expect(await readState()).toEqual(before);
});

test('one that runs, until its agent has loaded it', async () => {
  const { id } = await recordRelease(w.engineer, 'v1.0.1');
  const opened = await w.engineer.call(OpenPromotion, { body: { releaseId: id, environment: 'int' } });
  expect(opened.state).toBe('running');
  const before = await readState();
  await lookOften('int');
  expect(await readState()).toEqual(before);
});

test('it takes effect once, and one that has ended stays as it is', async () => {
  const deployed = await countAudit('release.deployed');
  const params = { sessionId: w.int.sessionId };
  const { release } = await w.agent.call(WatchRelease, { params, body: { waitMs: 10_000 } });
  const reported = w.agent.call(ReportRelease, { params, body: { releaseId: release?.id ?? null, error: null } });
  await Promise.all([reported, lookOften('int')]);
  await lookOften('int');
  expect(
    (await readState()).promotions.filter(({ row }) => row.environment === 'int' && row.ended_at === null),
  ).toEqual([]);
  expect(await countAudit('release.deployed')).toBe(deployed + 1);
  const before = await readState();
  await lookOften('int');
  expect(await readState()).toEqual(before);
});

test('one that its gates let through begins once', async () => {
  const { rows } = await w.rita.call(GetBoard);
  const runs = rows.find(({ environment }) => environment === 'int')?.deployment?.release.id ?? '';
  const { id: promotionId, state } = await askForProd(w, runs);
  expect(state).toBe('pending');
  const started = await countAudit('promotion.started');
  // What it waited for is there: nobody was told, so that only the looks below find it.
  const prod = { soakHours: 0, cycles: 0, signOffs: {}, quarantine: null, performance: null, freeze: null };
  const policy = { ...SHIPPED_POLICY, environments: { prod } };
  await withConnection(w.databaseUrl, (client) => insertPolicy(client, { policy, by: 'a test' }));
  await lookOften('prod');
  const promotion = await w.rita.call(GetPromotion, { params: { promotionId } });
  expect(promotion.state).toBe('running');
  expect(await countAudit('promotion.started')).toBe(started + 1);
});
