// kill -9 at every failpoint on the way of a release into an environment: server or agent dies there and is started again, and
// the promotion ends as it would have, with one effect each.
import {
  AbortPromotion,
  ApplyPolicy,
  CreateRelease,
  DeclareFreeze,
  GetBoard,
  GetCalendar,
  GiveSignOff,
  LiftFreeze,
  LiftRefusal,
  ListPromotions,
  ListSignOffs,
  OpenPromotion,
  RollBack,
  WithdrawSignOff,
} from '@towpath/api';
import { findPreviousGood } from '@towpath/core';
import { openAdmin } from '@towpath/server';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { withConnection } from '../packages/server/src/db/database.ts';
import { buildGraph, buildTask } from '../packages/server/src/testing/builders.ts';
import { buildRelease } from '../packages/server/src/testing/released.ts';
import { listFailpoints } from '../scripts/list-failpoints.ts';
import { createTestClient } from './support/instance.ts';
import { type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

// Each wait has its own deadline with what it saw last; this one only catches what has none.
vi.setConfig({ testTimeout: 180_000 });

const DEADLINE_MS = 60_000;
const INT = 'int';

/** A model, and a pipeline that makes it anew on demand. */
const DBT = {
  project: 'shop',
  models: [
    { name: 'model.shop.orders', checksum: 'a'.repeat(64), dependsOn: [] as string[], materialized: 'incremental' },
  ],
};
const GRAPHS = [
  {
    ...buildGraph('transform', [buildTask('dbt')]),
    parameters: { fullRefresh: { type: 'array' as const, items: { type: 'string' as const }, default: [] } },
  },
];

let rig: PromotionRig;
let releaseId: string;
let version: string;
let made = 0;

beforeAll(async () => {
  rig = await startPromotionRig('deadly');
  await rig.int.start();
  // Two good releases, so that there is a way back.
  for (const _ of [1, 2]) {
    await makeRelease();
    await promote();
    await waitForDeployed();
  }
});
afterAll(() => rig.close());

beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => console.log(rig.server.output().slice(-3000), rig.int.output().slice(-3000)));
  await makeRelease();
});

/** Asks until it is answered, through any number of deaths of the server. */
async function ask<T>(act: () => Promise<T>): Promise<T> {
  const { value } = await waitFor('an answer', DEADLINE_MS, async () => ({ value: await act() }));
  return value;
}

function nextBody() {
  made += 1;
  version = `v1.0.${made}`;
  return { ...buildRelease(version, version, GRAPHS), project: 'deadly', dbt: DBT };
}

async function makeRelease(): Promise<void> {
  const body = nextBody();
  releaseId = (await ask(() => rig.clientOf('anna').call(CreateRelease, { body }))).release.id;
}

const promote = () => rig.clientOf('erin').call(OpenPromotion, { body: { releaseId, environment: INT } });
let deployedBefore: string | undefined;
const rollBack = () =>
  rig
    .clientOf('erin')
    .call(RollBack, { params: { environment: INT }, body: { from: deployedBefore ?? '', reason: 'a test' } });
const rollBackAndRefresh = () =>
  rig.clientOf('erin').call(RollBack, {
    params: { environment: INT },
    body: { from: deployedBefore ?? '', reason: 'a test', fullRefresh: { models: ['orders'] } },
  });
const freeze = () => rig.clientOf('erin').call(DeclareFreeze, { body: { environment: INT, reason: 'a test' } });
const sign = () =>
  rig.clientOf('bo').call(GiveSignOff, { body: { releaseId, environment: INT, decision: 'approved' } });

async function liftAll(): Promise<void> {
  const client = rig.clientOf('erin');
  const { freezes } = await client.call(GetCalendar, { params: { environment: INT } });
  for (const { id: freezeId } of freezes) await client.call(LiftFreeze, { params: { freezeId }, body: {} });
}

async function withdrawAll(): Promise<void> {
  const client = rig.clientOf('bo');
  const { signOffs } = await client.call(ListSignOffs, { query: { releaseId } });
  const own = signOffs.filter(({ withdrawnAt }) => withdrawnAt === null);
  for (const { id: signOffId } of own) await client.call(WithdrawSignOff, { params: { signOffId } });
}

/** Somebody refuses the release, and leaves. */
async function refuseAndLeave(): Promise<void> {
  const admin = await openAdmin(rig.databaseUrl);
  try {
    const leaver = createTestClient(rig.serverUrl, await admin.issueAccessToken({ name: 'lea', role: 'business' }));
    await leaver.call(GiveSignOff, { body: { releaseId, environment: INT, decision: 'refused', note: 'a test' } });
    await admin.revokeAccess('lea');
  } finally {
    await admin.close();
  }
}

async function liftRefusals(): Promise<void> {
  const client = rig.clientOf('bo');
  const { signOffs } = await client.call(ListSignOffs, { query: { releaseId } });
  const standing = signOffs.filter(({ decision, withdrawnAt }) => decision === 'refused' && withdrawnAt === null);
  for (const { id: signOffId } of standing)
    await client.call(LiftRefusal, { params: { signOffId }, body: { reason: 'a test' } });
}

async function abortLive(): Promise<void> {
  const client = rig.clientOf('erin');
  const { promotions } = await client.call(ListPromotions, { query: { environment: INT, limit: 1 } });
  const live = promotions.find(({ state }) => state === 'pending' || state === 'running');
  if (live) await client.call(AbortPromotion, { params: { promotionId: live.id }, body: { reason: 'a test' } });
}

const applyRules = (environments: Record<string, object>) =>
  rig.clientOf('ada').call(ApplyPolicy, { body: { policy: { schemaVersion: 1, environments } } });
const applyPolicy = () => applyRules({ prod: { soakHours: made } });
/** What was recorded last comes to int by itself. */
const automate = () => applyRules({ int: { automatic: true } });

interface Act {
  /** What makes the process pass the point; asked again after its death. */
  readonly act: () => Promise<unknown>;
  readonly before?: () => Promise<unknown>;
  /** Undoes what would reach into the next test. */
  readonly after?: () => Promise<unknown>;
  /** What int runs in the end; default: what it ran. */
  readonly deploys?: 'next' | 'previous';
}

/** By the beginning of their names; all others are passed by a promotion. */
const ACTS: readonly (readonly [prefix: string, act: Act])[] = [
  ['create-release.', { act: () => makeReleaseOnce() }],
  ['roll-back.', { act: rollBack, deploys: 'previous' }],
  ['start-refresh.', { act: rollBackAndRefresh, after: verifyRefreshes, deploys: 'previous' }],
  ['abort-promotion.', { before: () => freeze().then(promote), act: abortLive }],
  ['give-sign-off.', { act: sign }],
  ['take-back-sign-off.', { before: sign, act: withdrawAll }],
  ['lift-refusal.', { before: refuseAndLeave, act: liftRefusals }],
  ['declare-freeze.', { act: freeze }],
  ['end-freeze.', { before: freeze, act: liftAll }],
  ['apply-policy.', { act: applyPolicy }],
  ['open-automatic.', { act: automate, after: () => applyRules({}), deploys: 'next' }],
];
const PROMOTION: Act = { act: promote, deploys: 'next' };

const findAct = (point: string): Act => ACTS.find(([prefix]) => point.startsWith(prefix))?.[1] ?? PROMOTION;

async function makeReleaseOnce(): Promise<void> {
  const body = { ...buildRelease(`${version}-rc.1`), project: 'deadly' };
  await rig.clientOf('anna').call(CreateRelease, { body });
}

async function readDeployed(): Promise<string | undefined> {
  const { rows } = await ask(() => rig.clientOf('bo').call(GetBoard));
  return rows.find(({ environment }) => environment === INT)?.deployment?.release.id;
}

/** Nothing lives, and what is desired, deployed and loaded is one release. */
async function waitForDeployed(expected = releaseId): Promise<void> {
  await waitFor(`int to run ${expected}`, DEADLINE_MS, async () => {
    const { rows } = await rig.clientOf('bo').call(GetBoard);
    const row = rows.find(({ environment }) => environment === INT);
    const seen = [row?.deployment?.release.id, row?.desired?.id, row?.agents[0]?.release?.id];
    if (row?.promotion || seen.some((id) => id !== expected)) throw new Error(JSON.stringify(row));
    return true;
  });
}

/** Each decision has one entry in the audit, and each entry its decision: both or neither. */
async function verifyAudit(): Promise<void> {
  const { rows } = await withConnection(rig.databaseUrl, (client) =>
    client.query(`
      with counted as (
        select 'release.recorded' as action, count(*) as rows from releases
        union all select 'promotion.requested', count(*) from promotions where kind = 'promotion'
        union all select 'run.started', count(*) from runs
        union all select 'rollback.requested', count(*) from promotions where kind = 'rollback'
        union all select 'promotion.started', count(*) from promotions where started_at is not null
        union all select 'promotion.aborted', count(*) from promotions where state = 'aborted'
        union all select 'release.deployed', count(*) from deployments
        union all select case when decision = 'refused' then 'sign-off.refused' else 'sign-off.given' end, count(*)
          from sign_offs group by 1
        union all select 'sign-off.withdrawn', count(*) from sign_offs where withdrawn_by = person
        union all select 'sign-off.lifted', count(*) from sign_offs where withdrawn_by <> person
        union all select 'freeze.declared', count(*) from freezes
        union all select 'freeze.lifted', count(*) from freezes where lifted_at is not null
        union all select 'policy.applied', count(*) from promotion_policies
      )
      select c.action, c.rows, (select count(*) from audit_entries a where a.action = c.action) as entries from counted c`),
  );
  expect(rows.filter((row) => row.rows !== row.entries)).toEqual([]);
}

/** Each full refresh has one run, and there is no other. */
async function verifyRefreshes(): Promise<void> {
  const { rows } = await withConnection(rig.databaseUrl, (client) =>
    client.query(`
      select p.state, f.run_id, f.problem, r.pipeline, (select count(*) from runs) as runs, (select count(*) from refreshes) as refreshes
      from refreshes f join promotions p on p.id = f.promotion_id left join runs r on r.id = f.run_id`),
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows)
    expect(row).toMatchObject({ state: 'succeeded', problem: null, pipeline: 'transform', runs: row.refreshes });
}

async function readPrevious(): Promise<string | undefined> {
  const { rows } = await withConnection(rig.databaseUrl, (client) =>
    client.query<{ release_id: string; kind: string | null }>(
      `select d.release_id, p.kind from deployments d left join promotions p on p.id = d.ended_by
       where d.environment = $1
       order by d.id desc`,
      [INT],
    ),
  );
  return findPreviousGood(
    rows.map(({ release_id, kind }) => ({
      releaseId: release_id,
      wasRolledBack: kind === 'rollback',
      isRefused: false,
    })),
  );
}

async function dieAt(process: 'server' | 'int', point: string): Promise<void> {
  const { act, before, after, deploys } = findAct(point);
  await before?.();
  const [deployed, previous] = [await readDeployed(), await readPrevious()];
  deployedBefore = deployed;
  const victim = rig[process];
  victim.arm(point);
  // The call that makes the server die is not answered.
  await act().catch(() => undefined);
  await waitFor(`${process} to die at ${point}`, DEADLINE_MS, () => !victim.isArmed());
  await victim.current.waitForExit(DEADLINE_MS);
  await victim.start();
  // Somebody who got no answer asks again; what was done is done.
  await ask(() =>
    act().catch((thrown: { readonly code?: string }) => {
      if (!['RELEASE_ALREADY_DEPLOYED', 'PROMOTION_RUNNING'].includes(thrown.code ?? '')) throw thrown;
    }),
  );
  await ask(liftAll);
  const expected = deploys === 'next' ? releaseId : deploys === 'previous' ? previous : deployed;
  await waitForDeployed(expected);
  if (after) await ask(after);
  await verifyAudit();
}

const points = listFailpoints().filter(({ isOfPromotion, isOfDeployPlan }) => isOfPromotion && !isOfDeployPlan);

describe('A93 promotion: kill -9', () => {
  it.each(points.filter(({ process }) => process === 'server'))('of the server at $name', ({ name }) =>
    dieAt('server', name),
  );

  it.each(points.filter(({ process }) => process === 'agent'))('of the agent at $name', ({ name }) =>
    dieAt('int', name),
  );
});

it('two servers that reconcile the same promotions change nothing', async () => {
  await rig.addServer();
  for (const _ of [1, 2, 3]) {
    await makeRelease();
    await ask(promote);
    await waitForDeployed();
  }
  await verifyAudit();
});

it('an agent that is away when its environment is told to run a release loads it when it is back', async () => {
  await rig.int.kill();
  const { state } = await promote();
  expect(state).toBe('running');
  await rig.int.start();
  await waitForDeployed();
  await verifyAudit();
});
