// What another policy would have made of promotions that are over.
import { OpenPromotion, ReplayPolicy } from '@towpath/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { startWorld, type World } from '../testing/promotion-world.ts';
import { recordRelease } from '../testing/released.ts';

let w: World;
beforeAll(async () => {
  w = await startWorld();
});
afterAll(() => w.close());

test('another policy is tried on past promotions, by what was known of them', async () => {
  const replay = async (policy: object, days = 90) => {
    const body = { policy: { schemaVersion: 1 as const, ...policy }, days };
    const { differing, ...counts } = await w.bo.call(ReplayPolicy, { body });
    return {
      ...counts,
      differing: differing.map(({ release, was, would, changed }) => [
        release.version,
        was,
        would,
        changed.map(({ verdict }) => verdict.code),
      ]),
    };
  };
  const { id: releaseId } = await recordRelease(w.engineer, 'v7.0.0');
  await w.eva.call(OpenPromotion, { body: { releaseId, environment: 'int' } });
  const refused = await w.rita.call(OpenPromotion, { body: { releaseId, environment: 'prod', rollbackPlan: 'x' } });
  expect(refused.endCode).toBe('ORDER_SKIPPED');
  const same = await replay({ environments: { int: { soakHours: 0 } } });
  expect(same.differing.filter(([version]) => version === 'v7.0.0')).toEqual([]);
  // One into `int`, which is the first of them, and had no sign-off; frozen today by another calendar.
  const on = new Date().toISOString().slice(5, 10);
  const strict = { signOffs: { business: 1 }, freeze: { yearly: [{ name: 'now', from: on, until: on }] } };
  expect((await replay({ environments: { int: strict } })).differing).toContainEqual([
    ...['v7.0.0', 'allow', 'defer', ['SIGN_OFFS_MISSING', 'CALENDAR_FROZEN']],
  ]);
  expect((await replay({ environments: { int: { needsRollbackPlan: true } } })).differing).toContainEqual([
    ...['v7.0.0', 'allow', 'deny', ['ROLLBACK_PLAN_MISSING']],
  ]);
  const { judgedCount, unrecordedCount } = same;
  await withConnection(w.databaseUrl, (client) =>
    client.query(`update promotions set facts = null where environment = 'int' and release_id = $1`, [releaseId]),
  );
  expect(await replay({})).toMatchObject({ judgedCount: judgedCount - 1, unrecordedCount: unrecordedCount + 1 });
  const zone = { environments: { int: { freeze: { timeZone: 'Mars/Olympus' } } } };
  await expect(replay(zone)).rejects.toMatchObject({ code: 'POLICY_INVALID' });
});
