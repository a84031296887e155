// Promotions through the API, with agents that load what they are told to; time passes when the test says so.
import {
  AbortPromotion,
  ApplyEnvironments,
  ApplyPolicy,
  type Client,
  CreateRelease,
  DeclareFreeze,
  GetBoard,
  GetCalendar,
  GetPromotion,
  GetRun,
  GiveSignOff,
  LiftFreeze,
  ListPipelines,
  ListPromotions,
  ListSignOffs,
  OpenPromotion,
  PlanPromotion,
  type PromotionView,
  RegisterCode,
  type ReleaseView,
  RollBack,
  StartRun,
  WatchRelease,
  WithdrawSignOff,
} from '@towpath/api';
import { formatCanonicalJson } from '@towpath/core';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { openAdmin } from '../setup.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import {
  ageDeployment,
  ageRunningPromotion,
  buildRelease,
  deploy,
  loadDesired,
  recordRelease,
  runDaily,
  waitForPromotion,
} from '../testing/released.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

interface World extends TestServer {
  readonly rita: Client;
  readonly rob: Client;
  readonly bo: Client;
  readonly eva: Client;
  readonly prodAgentClient: Client;
  readonly int: SimulatedAgent;
  readonly prod: SimulatedAgent;
}

/** Environments int and prod (production, shipped policy), an agent each, and people of every role. */
async function startWorld(): Promise<World> {
  const t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  const admin = await openAdmin(t.databaseUrl);
  const rob = t.clientOf(await admin.issueAccessToken({ name: 'rob', role: 'release-manager' }));
  const eva = t.clientOf(await admin.issueAccessToken({ name: 'eva', role: 'engineer' }));
  await admin.close();
  const prodAgentClient = t.clientOf(t.tokens.prodAgent);
  return {
    ...t,
    rob,
    eva,
    rita: t.clientOf(t.tokens.releaseManager),
    bo: t.clientOf(t.tokens.business),
    prodAgentClient,
    int: await openSimulatedAgent(t.agent),
    prod: await openSimulatedAgent(prodAgentClient),
  };
}

const deployToInt = (w: World, releaseId: string) =>
  deploy({ person: w.engineer, agentClient: w.agent, agent: w.int }, releaseId, 'int');

const askForProd = (w: World, releaseId: string, more: object = {}) =>
  w.rita.call(OpenPromotion, {
    body: { releaseId, environment: 'prod', rollbackPlan: 'Back to the one before.', ...more },
  });

const signOff = (client: Client, releaseId: string, decision: 'approved' | 'refused' = 'approved') =>
  client.call(GiveSignOff, { body: { releaseId, environment: 'prod', decision } });

/** `soak defer`, for each gate that is red. */
const listRed = ({ verdicts }: Pick<PromotionView, 'verdicts'>) =>
  verdicts.filter(({ decision }) => decision !== 'allow').map(({ gate, code }) => `${gate} ${code}`);

/** The policy of tests that are about something else: production at any time. */
const openCalendar = (w: World) =>
  w.administrator.call(ApplyPolicy, {
    body: { policy: { schemaVersion: 1, kinds: { production: { freeze: null } } }, note: 'a test' },
  });

/** Everything prod wants of a release that runs in int. */
async function makeReady(w: World, id: string): Promise<void> {
  await ageDeployment(w.databaseUrl, 'int', 24);
  for (let cycle = 0; cycle < 2; cycle += 1) await runDaily({ person: w.engineer, agent: w.int }, 'int');
  for (const client of [w.eva, w.bo, w.rob]) await signOff(client, id);
}

describe('a release', () => {
  let w: World;
  beforeAll(async () => {
    w = await startWorld();
  });
  afterAll(() => w.close());

  test('A63 is recorded once: the same content has the same id, whoever finds it in which order', async () => {
    const graphs = ['b', 'a'].map((name) => buildGraph(name, [buildTask('load')]));
    const body = buildRelease('v1.0.0', 'one', graphs);
    const first = await w.engineer.call(CreateRelease, { body });
    const again = await w.rita.call(CreateRelease, { body: { ...body, pipelines: body.pipelines.toReversed() } });
    expect([first.isNew, again.isNew, again.release]).toEqual([true, false, first.release]);
    expect(first.release).toMatchObject({ createdBy: 'erin', createdFrom: 'ci', changelog: 'What v1.0.0 brings.' });
    expect(first.release.bill.pipelines.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(first.release.bill.datakits).toEqual([{ name: 'shell', version: '1.0.0' }]);
  });

  test('A63 keeps its version and its content for itself', async () => {
    const body = buildRelease('v1.1.0');
    await w.engineer.call(CreateRelease, { body });
    const refusals = [
      ['RELEASE_VERSION_TAKEN', { ...body, gitSha: 'f'.repeat(40) }],
      ['RELEASE_CONTENT_KNOWN', { ...body, version: 'v1.1.1' }],
      ['CHANGELOG_ENTRY_MISSING', { ...body, version: 'v1.1.1', changelog: ' ' }],
      ['RELEASE_VERSION_INVALID', { ...body, version: 'latest' }],
      ['GRAPH_INVALID', buildRelease('v1.1.1', 'x', [buildGraph('p', [buildTask('t', { pool: 'nowhere' })])])],
    ] as const;
    for (const [code, refused] of refusals)
      await expect(w.engineer.call(CreateRelease, { body: refused })).rejects.toMatchObject({ code });
  });

  test('A63 can not be changed, not even in the database', async () => {
    await recordRelease(w.engineer, 'v1.2.0');
    for (const statement of [
      `update releases set changelog = 'x'`,
      'delete from releases',
      'truncate releases cascade',
    ])
      await expect(withConnection(w.databaseUrl, (client) => client.query(statement))).rejects.toThrow('immutable');
  });

  test('A71 goes nowhere but to the environment that is next', async () => {
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.3.0');
    const refused = await askForProd(w, releaseId);
    expect(refused).toMatchObject({ state: 'failed', endCode: 'ORDER_SKIPPED' });
    expect(refused.endReason).toContain('promote it there first');
    expect((await w.rita.call(GetBoard)).rows.map(({ environment, deployment }) => [environment, deployment])).toEqual([
      ['int', null],
      ['prod', null],
    ]);
  });

  test('A72 is let into production by release managers alone, by the shipped policy', async () => {
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.4.0');
    const body = { releaseId, environment: 'prod' };
    for (const client of [w.engineer, w.administrator])
      await expect(client.call(OpenPromotion, { body })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(w.bo.call(OpenPromotion, { body })).rejects.toMatchObject({ status: 403 });
    const params = { environment: 'prod' };
    await expect(w.engineer.call(RollBack, { params, body: { from: releaseId, reason: 'x' } })).rejects.toMatchObject({
      status: 403,
    });
    await expect(w.engineer.call(DeclareFreeze, { body: { environment: 'prod', reason: 'x' } })).rejects.toMatchObject({
      status: 403,
    });
  });
});

describe('an environment', () => {
  let w: World;
  let first: ReleaseView;
  beforeAll(async () => {
    w = await startWorld();
    const graph = buildGraph('daily', [buildTask('load', { argv: ['from', 'the working tree'] })]);
    await w.agent.call(RegisterCode, { body: buildRegistration([graph], 'working_tree') });
    first = await recordRelease(w.engineer, 'v1.0.0');
  });
  afterAll(() => w.close());

  const argvOfNextRun = async () => {
    await w.engineer.call(StartRun, { body: { pipeline: 'daily', environment: 'int' } });
    const grants = await w.int.claim();
    await w.int.finish(grants);
    return grants[0]?.argv;
  };

  test('runs a release from the moment its agents have it: until then runs are as before', async () => {
    expect(await argvOfNextRun()).toEqual(['from', 'the working tree']);
    const { id, state } = await w.engineer.call(OpenPromotion, { body: { releaseId: first.id, environment: 'int' } });
    expect(state).toBe('running');
    expect(await argvOfNextRun()).toEqual(['from', 'the working tree']);
    expect(await loadDesired(w.agent, w.int)).toBe(first.id);
    await waitForPromotion(w.engineer, id, 'succeeded');
    expect(await argvOfNextRun()).toEqual(['echo', 'v1.0.0']);
    const [row] = (await w.engineer.call(GetBoard)).rows;
    expect(row).toMatchObject({
      environment: 'int',
      deployment: { release: { version: 'v1.0.0' } },
      desired: { version: 'v1.0.0' },
      agents: [{ name: 'first', release: { version: 'v1.0.0' }, error: null }],
      promotion: null,
      lastRuns: ['succeeded'],
    });
  });

  test('takes no working tree any more', async () => {
    const body = buildRegistration([buildGraph('sneaky', [buildTask('load')])], 'working_tree');
    await expect(w.agent.call(RegisterCode, { body })).rejects.toMatchObject({
      code: 'ENVIRONMENT_RELEASED',
      status: 409,
    });
    const { pipelines } = await w.engineer.call(ListPipelines, { query: { environment: 'int' } });
    expect(pipelines.map(({ name, codeLocation }) => [name, codeLocation])).toEqual([['daily', 'release']]);
  });

  test('is told nothing new by the same release', async () => {
    const body = { releaseId: first.id, environment: 'int' };
    await expect(w.engineer.call(OpenPromotion, { body })).rejects.toMatchObject({ code: 'RELEASE_ALREADY_DEPLOYED' });
    const params = { sessionId: w.int.sessionId };
    expect(await w.agent.call(WatchRelease, { params, body: { waitMs: 0 } })).toMatchObject({ isNews: false });
  });

  test('keeps what it has when an agent can not load a release, and lets it be tried again', async () => {
    const second = await recordRelease(w.engineer, 'v2.0.0');
    const body = { releaseId: second.id, environment: 'int' };
    const { id } = await w.engineer.call(OpenPromotion, { body });
    await loadDesired(w.agent, w.int, 'BUNDLE_INVALID');
    expect(await waitForPromotion(w.engineer, id, 'errored')).toMatchObject({
      endCode: 'BUNDLE_INVALID',
      endReason: expect.stringContaining('Agent first could not load it: It would not.'),
    });
    expect(await loadDesired(w.agent, w.int)).toBe(first.id);
    expect(await argvOfNextRun()).toEqual(['echo', 'v1.0.0']);
    await deployToInt(w, second.id);
    expect(await argvOfNextRun()).toEqual(['echo', 'v2.0.0']);
  });

  test('keeps what it has when a release is refused by now, though it was good when it was recorded', async () => {
    const pooled = buildGraph('daily', [buildTask('load', { pool: 'narrow' })]);
    const good = { ...buildRelease('v2.1.0', 'pooled', [pooled]), pools: { narrow: 1 } };
    const { release } = await w.engineer.call(CreateRelease, { body: good });
    const releaseId = 'd'.repeat(64);
    await withConnection(w.databaseUrl, (client) =>
      client.query(
        `insert into releases (id, project, version, bill, changelog, created_by, created_from)
         select $1, project, 'v2.1.1', jsonb_set(bill, '{pools}', '{}'), changelog, created_by, created_from
         from releases where id = $2`,
        [releaseId, release.id],
      ),
    );
    const { id } = await w.engineer.call(OpenPromotion, { body: { releaseId, environment: 'int' } });
    await loadDesired(w.agent, w.int);
    expect(await waitForPromotion(w.engineer, id, 'errored')).toMatchObject({
      endCode: 'GRAPH_INVALID',
      endReason: expect.stringContaining('POOL_UNKNOWN'),
    });
    await loadDesired(w.agent, w.int);
    expect(await argvOfNextRun()).toEqual(['echo', 'v2.0.0']);
  });

  test('waits for all of its live agents, and not for ever', async () => {
    const other = await openSimulatedAgent(w.clientOf(w.tokens.otherAgent), { host: 'host-2' });
    const third = await recordRelease(w.engineer, 'v3.0.0');
    const { id } = await w.engineer.call(OpenPromotion, { body: { releaseId: third.id, environment: 'int' } });
    await loadDesired(w.agent, w.int);
    await expect(
      w.engineer.call(OpenPromotion, { body: { releaseId: first.id, environment: 'int' } }),
    ).rejects.toMatchObject({ code: 'PROMOTION_RUNNING' });
    expect((await w.engineer.call(GetPromotion, { params: { promotionId: id } })).state).toBe('running');
    await ageRunningPromotion(w.databaseUrl, 'int', 16);
    expect(await waitForPromotion(w.engineer, id, 'errored')).toMatchObject({
      endCode: 'RELEASE_NOT_OBSERVED',
      endReason: 'Not all agents have loaded it in time: second.',
    });
    await loadDesired(w.agent, w.int);
    const { id: again } = await w.engineer.call(OpenPromotion, { body: { releaseId: third.id, environment: 'int' } });
    await loadDesired(w.agent, w.int);
    await loadDesired(w.clientOf(w.tokens.otherAgent), other);
    await waitForPromotion(w.engineer, again, 'succeeded');
  });

  test('a promotion that is ended leaves it as it was', async () => {
    const fourth = await recordRelease(w.engineer, 'v4.0.0');
    const { id } = await w.engineer.call(OpenPromotion, { body: { releaseId: fourth.id, environment: 'int' } });
    const params = { promotionId: id };
    const aborted = await w.engineer.call(AbortPromotion, { params, body: { reason: 'wrong one' } });
    expect(aborted).toMatchObject({ state: 'aborted', endCode: 'ABORTED', endReason: 'wrong one' });
    expect(await w.engineer.call(AbortPromotion, { params, body: { reason: 'again' } })).toEqual(aborted);
    const [row] = (await w.engineer.call(GetBoard)).rows;
    expect(row).toMatchObject({ desired: { version: 'v3.0.0' }, deployment: { release: { version: 'v3.0.0' } } });
  });

  test('a run says which release it ran, and a re-run is of the same one', async () => {
    const runId = await runDaily({ person: w.engineer, agent: w.int }, 'int');
    const { graphHash } = await w.engineer.call(GetRun, { params: { runId } });
    const deployed = (await w.engineer.call(GetBoard)).rows[0]?.deployment?.release.id;
    const { rows } = await withConnection(w.databaseUrl, (client) =>
      client.query<{ release_id: string }>('select release_id from runs where id = $1', [runId]),
    );
    expect(rows[0]?.release_id).toBe(deployed);
    expect(graphHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the gates of production', () => {
  let w: World;
  let release: ReleaseView;
  beforeAll(async () => {
    w = await startWorld();
    await openCalendar(w);
    release = await recordRelease(w.engineer, 'v1.3.3');
    await deployToInt(w, release.id);
  });
  afterAll(() => w.close());

  const look = async () => {
    const [newest] = (await w.rita.call(ListPromotions, { query: { environment: 'prod', limit: 1 } })).promotions;
    if (!newest) throw new Error('there is no promotion');
    return newest;
  };
  const waitForRed = (...expected: readonly string[]) =>
    waitFor(`red: ${expected.join(', ') || 'none'}`, 20_000, async () => {
      const newest = await look();
      if (listRed(newest).join() !== expected.join()) throw new Error(listRed(newest).join());
      return newest;
    });

  test('A86 without a rollback plan there is no promotion', async () => {
    const refused = await askForProd(w, release.id, { rollbackPlan: '' });
    expect(refused).toMatchObject({ state: 'failed', endCode: 'ROLLBACK_PLAN_MISSING' });
  });

  test('A64 A65 A68 are red each for its reason, and turn green one by one', async () => {
    const opened = await askForProd(w, release.id);
    expect(opened.state).toBe('pending');
    expect(listRed(opened)).toEqual(['soak SOAK_RUNNING', 'cycles CYCLES_MISSING', 'sign-offs SIGN_OFFS_MISSING']);
    const soak = opened.verdicts.find(({ gate }) => gate === 'soak');
    expect(Date.parse(soak?.askAgainAt ?? '')).toBeGreaterThan(Date.now() + 23.9 * 3600 * 1000);
    await ageDeployment(w.databaseUrl, 'int', 24);
    await waitForRed('cycles CYCLES_MISSING', 'sign-offs SIGN_OFFS_MISSING');
    await runDaily({ person: w.engineer, agent: w.int }, 'int');
    await runDaily({ person: w.engineer, agent: w.int }, 'int', 'failed');
    await runDaily({ person: w.engineer, agent: w.int }, 'int');
    await waitFor('one cycle since the failure', 20_000, async () => {
      const cycles = (await look()).verdicts.find(({ gate }) => gate === 'cycles');
      return JSON.stringify(cycles?.evidence.successesInARow) === '{"daily":1}';
    });
    await runDaily({ person: w.engineer, agent: w.int }, 'int');
    await waitForRed('sign-offs SIGN_OFFS_MISSING');
    await expect(signOff(w.engineer, release.id)).rejects.toMatchObject({ code: 'SIGN_OFF_OF_AUTHOR' });
    await signOff(w.rita, release.id);
    await signOff(w.eva, release.id);
    await signOff(w.bo, release.id);
    await waitFor('the release manager to be the last one', 20_000, async () => {
      const signOffs = (await look()).verdicts.find(({ gate }) => gate === 'sign-offs');
      const expected = {
        given: { business: ['bo'], engineer: ['eva'], 'release-manager': [] },
        missing: { 'release-manager': 1 },
      };
      return formatCanonicalJson(signOffs?.evidence) === formatCanonicalJson(expected);
    });
  });

  test('A68 a sign-off that is taken back is none', async () => {
    const { id } = await signOff(w.rob, release.id).then(async (given) => {
      await waitForPromotion(w.rita, (await look()).id, 'running');
      return given;
    });
    expect((await w.rita.call(ListSignOffs, { query: { releaseId: release.id } })).signOffs).toHaveLength(4);
    await expect(w.bo.call(WithdrawSignOff, { params: { signOffId: id } })).rejects.toMatchObject({ status: 403 });
    const withdrawn = await w.rob.call(WithdrawSignOff, { params: { signOffId: id } });
    expect(withdrawn.withdrawnAt).not.toBeNull();
    const planned = await w.rita.call(PlanPromotion, {
      body: { releaseId: release.id, environment: 'prod', rollbackPlan: 'x' },
    });
    expect(listRed(planned)).toEqual(['sign-offs SIGN_OFFS_MISSING']);
    await w.rita.call(AbortPromotion, { params: { promotionId: (await look()).id }, body: { reason: 'once more' } });
  });

  test('A68 a sign-off that has expired is none, and another one of the same person counts', async () => {
    const ask = async () =>
      listRed(
        await w.rita.call(PlanPromotion, {
          body: { releaseId: release.id, environment: 'prod', rollbackPlan: 'x', at: new Date().toISOString() },
        }),
      );
    const before = await ask();
    await withConnection(w.databaseUrl, (client) =>
      client.query(`update sign_offs set expires_at = now() where person = 'bo'`),
    );
    expect(before).toEqual(['sign-offs SIGN_OFFS_MISSING']);
    const { signOffs } = await w.rita.call(ListSignOffs, { query: { releaseId: release.id } });
    expect(signOffs.filter(({ person, withdrawnAt }) => person === 'bo' && withdrawnAt === null)).toHaveLength(1);
    await signOff(w.rob, release.id);
    expect(await ask()).toEqual(['sign-offs SIGN_OFFS_MISSING']);
    await signOff(w.bo, release.id);
    expect(await ask()).toEqual([]);
  });

  test('A68 a refusal ends a promotion, with its reason, until it is taken back', async () => {
    await signOff(w.rob, release.id, 'refused');
    expect(await askForProd(w, release.id)).toMatchObject({ state: 'failed', endCode: 'SIGN_OFF_REFUSED' });
    await signOff(w.rob, release.id);
  });

  test('A69 a freeze refuses politely, and the promotion goes on when it is lifted', async () => {
    const freeze = await w.rita.call(DeclareFreeze, { body: { environment: 'prod', reason: 'incident 4711' } });
    const frozen = await askForProd(w, release.id);
    expect(frozen.state).toBe('pending');
    expect(listRed(frozen)).toEqual(['freeze CALENDAR_FROZEN']);
    expect(frozen.verdicts.find(({ gate }) => gate === 'freeze')?.evidence).toMatchObject({
      closedBy: [{ kind: 'declared', name: 'incident 4711' }],
      nextOpen: null,
    });
    const lifted = await w.rob.call(LiftFreeze, { params: { freezeId: freeze.id }, body: { why: 'solved' } });
    expect(lifted.liftedBy).toBe('rob');
    await waitForPromotion(w.rita, frozen.id, 'running');
    expect(await loadDesired(w.prodAgentClient, w.prod)).toBe(release.id);
    await waitForPromotion(w.rita, frozen.id, 'succeeded');
  });

  test('A64 A68 another release begins at nothing', async () => {
    const next = await recordRelease(w.engineer, 'v1.3.4');
    await deployToInt(w, next.id);
    expect(listRed(await askForProd(w, next.id))).toEqual([
      'soak SOAK_RUNNING',
      'cycles CYCLES_MISSING',
      'sign-offs SIGN_OFFS_MISSING',
    ]);
    // What int ran before and no more can't soak any longer.
    await expect(askForProd(w, release.id)).rejects.toMatchObject({ code: 'RELEASE_ALREADY_DEPLOYED' });
  });

  test('one waits at a time: a newer one takes its place, the same request is the same promotion', async () => {
    const waiting = await look();
    expect(await askForProd(w, waiting.release.id)).toMatchObject({ id: waiting.id });
    const opened = await askForProd(w, waiting.release.id, { rollbackPlan: 'Another plan.' });
    expect(opened.state).toBe('pending');
    const params = { promotionId: waiting.id };
    expect(await w.rita.call(GetPromotion, { params })).toMatchObject({ state: 'aborted', endCode: 'SUPERSEDED' });
  });

  test('A64 what waits for its soak fails when another release takes its place there', async () => {
    const waiting = await look();
    const newer = await recordRelease(w.engineer, 'v1.3.5');
    await deployToInt(w, newer.id);
    await withConnection(w.databaseUrl, (client) =>
      client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'promotions']),
    );
    expect(await waitForPromotion(w.rita, waiting.id, 'failed')).toMatchObject({ endCode: 'SOAK_ENDED' });
    expect((await askForProd(w, newer.id)).state).toBe('pending');
  });

  test('a promotion waits for the time it was asked for', async () => {
    const {
      release: { id },
    } = await look();
    const notBefore = new Date(Date.now() + 2 * 3600 * 1000).toISOString();
    await askForProd(w, id, { notBefore });
    await makeReady(w, id);
    const later = await waitForRed('not-before START_LATER');
    expect(later.askAgainAt).toBe(notBefore);
    const soon = await askForProd(w, id, { notBefore: new Date(Date.now() + 1500).toISOString() });
    await waitForPromotion(w.rita, soon.id, 'running');
    await loadDesired(w.prodAgentClient, w.prod);
    await waitForPromotion(w.rita, soon.id, 'succeeded');
  });
});

describe('A83 a rollback', () => {
  let w: World;
  const releases: ReleaseView[] = [];
  beforeAll(async () => {
    w = await startWorld();
    await openCalendar(w);
    for (const version of ['v1.0.0', 'v2.0.0']) {
      const release = await recordRelease(w.engineer, version);
      releases.push(release);
      await deployToInt(w, release.id);
      await makeReady(w, release.id);
      const { id } = await askForProd(w, release.id);
      await loadDesired(w.prodAgentClient, w.prod);
      await waitForPromotion(w.rita, id, 'succeeded');
    }
  });
  afterAll(() => w.close());

  const rollBack = (from: string) =>
    w.rita.call(RollBack, { params: { environment: 'prod' }, body: { from, reason: 'orders load twice' } });

  test('returns to the previous good release in a freeze, ends what waits, and its time is measured', async () => {
    await w.rita.call(DeclareFreeze, { body: { environment: 'prod', reason: 'month end' } });
    const third = await recordRelease(w.engineer, 'v3.0.0');
    await deployToInt(w, third.id);
    const waiting = await askForProd(w, third.id);
    const from = releases[1]?.id ?? '';
    const rollback = await rollBack(from);
    expect(rollback).toMatchObject({
      kind: 'rollback',
      state: 'running',
      release: { version: 'v1.0.0' },
      verdicts: [],
    });
    expect(await w.rita.call(GetPromotion, { params: { promotionId: waiting.id } })).toMatchObject({
      state: 'aborted',
      endCode: 'ROLLED_BACK',
    });
    expect(await rollBack(from)).toMatchObject({ id: rollback.id });
    await loadDesired(w.prodAgentClient, w.prod);
    const { requestedAt, endedAt } = await waitForPromotion(w.rita, rollback.id, 'succeeded');
    expect(Date.parse(endedAt ?? '') - Date.parse(requestedAt)).toBeGreaterThanOrEqual(0);
    // Who did not get the answer asks again, and does not go back twice.
    expect(await rollBack(from)).toMatchObject({ id: rollback.id, state: 'succeeded' });
    await w.rita.call(StartRun, { body: { pipeline: 'daily', environment: 'prod' } });
    expect((await w.prod.claim())[0]?.argv).toEqual(['echo', 'v1.0.0']);
  });

  test('does not go back to what was rolled back from', async () => {
    await expect(rollBack(releases[0]?.id ?? '')).rejects.toMatchObject({ code: 'ROLLBACK_IMPOSSIBLE' });
    await expect(rollBack('f'.repeat(64))).rejects.toMatchObject({ code: 'ROLLBACK_STALE' });
  });

  test('A91 every decision of it all is in the audit, once', async () => {
    const lines = await readAuditChain(w.engineer);
    const actions = lines.flatMap((line) => (line.kind === 'entry' ? [line.action] : []));
    const count = (action: string) => actions.filter((one) => one === action).length;
    expect(count('release.recorded')).toBe(3);
    expect(count('promotion.requested')).toBe(6);
    expect(count('promotion.started')).toBe(6);
    expect(count('release.deployed')).toBe(6);
    expect(count('rollback.requested')).toBe(1);
    expect(count('promotion.aborted')).toBe(1);
    expect(count('sign-off.given')).toBe(6);
    expect(count('freeze.declared')).toBe(1);
    expect(count('policy.applied')).toBe(1);
  });
});

describe('the policy and its calendar', () => {
  let w: World;
  beforeAll(async () => {
    w = await startWorld();
  });
  afterAll(() => w.close());

  const apply = (policy: object) =>
    w.administrator.call(ApplyPolicy, { body: { policy: { schemaVersion: 1, ...policy } } });
  const calendar = (at: string) => w.bo.call(GetCalendar, { params: { environment: 'prod' }, query: { at } });

  test('A69 the shipped one closes production at the year end, to the minute', async () => {
    expect(await calendar('2026-12-17T23:59:59.999Z')).toMatchObject({
      closures: [],
      nextOpen: '2026-12-17T23:59:59.999Z',
    });
    expect(await calendar('2026-12-20T00:00:00.000Z')).toMatchObject({
      closures: [{ kind: 'yearly' }],
      nextOpen: '2027-01-06T00:00:00.000Z',
    });
  });

  test('A69 bank holidays are those of country and region, in the time zone of the calendar', async () => {
    const freeze = { timeZone: 'Europe/London', holidays: [{ country: 'GB', region: 'SCT' }] };
    const { version, rules } = await apply({ environments: { prod: { freeze } } });
    expect(version).toBe(1);
    expect(rules.prod).toMatchObject({ soakHours: 24, freeze: { timeZone: 'Europe/London', monthEndBusinessDays: 0 } });
    // St Andrew's Day, 30 November: in Scotland alone.
    expect(await calendar('2026-11-30T00:00:00.000Z')).toMatchObject({ closures: [{ kind: 'holiday' }] });
    await apply({ environments: { prod: { freeze: { ...freeze, holidays: [{ country: 'GB', region: 'ENG' }] } } } });
    expect((await calendar('2026-11-30T00:00:00.000Z')).closures).toEqual([]);
    // The summer bank holiday in England: 31 August 2026, one hour ahead of UTC.
    expect((await calendar('2026-08-30T22:59:59.999Z')).closures).toEqual([]);
    expect(await calendar('2026-08-30T23:00:00.000Z')).toMatchObject({
      closures: [{ kind: 'holiday' }],
      nextOpen: '2026-08-31T23:00:00.000Z',
    });
  });

  test('A69 years that nobody knows the holidays of are no open ones', async () => {
    await expect(calendar('9999-11-30T00:00:00.000Z')).rejects.toMatchObject({ code: 'HOLIDAYS_UNKNOWN' });
  });

  test('is applied by administrators, as a whole or not at all, and the same one again changes nothing', async () => {
    const before = await apply({ environments: { prod: { cycles: 3 } } });
    expect((await apply({ environments: { prod: { cycles: 3 } } })).version).toBe(before.version);
    const wrong = [
      { environments: { prdo: { cycles: 3 } } },
      { environments: { prod: { freeze: { timeZone: 'Mars/Olympus' } } } },
      { environments: { prod: { freeze: { holidays: [{ country: 'XX' }] } } } },
      { environments: { prod: { freeze: { holidays: [{ country: 'GB', region: 'XYZ' }] } } } },
    ];
    for (const policy of wrong) await expect(apply(policy)).rejects.toMatchObject({ code: 'POLICY_INVALID' });
    const body = { policy: { schemaVersion: 1 as const } };
    await expect(w.rita.call(ApplyPolicy, { body })).rejects.toMatchObject({ status: 403 });
  });

  test('A72 says who may promote where', async () => {
    await apply({ environments: { int: { promoters: ['release-manager'] } } });
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.0.0');
    const body = { releaseId, environment: 'int' };
    await expect(w.engineer.call(OpenPromotion, { body })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await w.rita.call(OpenPromotion, { body })).state).toBe('running');
  });

  test('an environment that something was promoted to is not withdrawn; what was only frozen is', async () => {
    const apply = (...names: readonly string[]) =>
      w.administrator.call(ApplyEnvironments, {
        body: { project: 'markets', environments: names.map((name) => ({ name, kind: 'shared' })), isWhole: true },
      });
    await apply('first', 'second');
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.0.0');
    await w.rita.call(DeclareFreeze, { body: { environment: 'second', reason: 'not yet' } });
    await w.eva.call(GiveSignOff, { body: { releaseId, environment: 'second', decision: 'approved' } });
    await apply('first');
    await w.rita.call(OpenPromotion, { body: { releaseId, environment: 'first' } });
    await expect(apply('third')).rejects.toMatchObject({
      code: 'ENVIRONMENT_IN_USE',
      reason: expect.stringContaining('promotions'),
    });
  });

  test('a plan says what would happen, at another moment too, and changes nothing', async () => {
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.0.0');
    await apply({ environments: { int: { freeze: { filingDates: [{ on: '2027-03-01', name: 'filing' }] } } } });
    const ask = (at: string) => w.bo.call(PlanPromotion, { body: { releaseId, environment: 'int', at } });
    expect(await ask('2027-02-28T23:59:59.999Z')).toMatchObject({
      decision: 'allow',
      from: null,
      plan: { steps: ['judge-gates', 'set-desired', 'await-observed', 'take-effect'], pipelines: { added: ['daily'] } },
    });
    expect(await ask('2027-03-01T00:00:00.000Z')).toMatchObject({
      decision: 'defer',
      askAgainAt: '2027-03-02T00:00:00.000Z',
    });
    expect((await w.bo.call(ListPromotions, { query: { environment: 'prod' } })).promotions).toEqual([]);
  });
});
