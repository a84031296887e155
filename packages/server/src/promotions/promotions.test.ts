// Promotions through the API, with agents that load what they are told to; time passes when the test says so.
import {
  AbortPromotion,
  CreateRelease,
  DeclareFreeze,
  GetBoard,
  GetPromotion,
  GetRun,
  LiftFreeze,
  ListAudit,
  ListPipelines,
  ListPromotions,
  ListSignOffs,
  OpenPromotion,
  PlanPromotion,
  RegisterCode,
  type ReleaseView,
  RollBack,
  StartRun,
  WatchRelease,
  WithdrawSignOff,
} from '@towpath/api';
import { formatCanonicalJson } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import {
  askForProd,
  deployToInt,
  listRed,
  makeReady,
  openCalendar,
  signOff,
  startWorld,
  type World,
} from '../testing/promotion-world.ts';
import {
  ageDeployment,
  ageRunningPromotion,
  buildRelease,
  loadDesired,
  recordRelease,
  runDaily,
  waitForPromotion,
} from '../testing/released.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';

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
    // Right after it: the runs of before, of which none is of the release.
    const before = { lastRuns: ['succeeded', 'succeeded'], areOfRelease: [false, false] };
    expect(await w.engineer.call(GetBoard)).toMatchObject({ rows: [before, {}], pipelines: [before] });
    expect(await argvOfNextRun()).toEqual(['echo', 'v1.0.0']);
    const board = await w.engineer.call(GetBoard);
    expect(board.pipelines[0]).toMatchObject({
      environment: 'int',
      name: 'daily',
      lastRuns: ['succeeded', 'succeeded', 'succeeded'],
      areOfRelease: [true, false, false],
    });
    const [row] = board.rows;
    expect(row).toMatchObject({
      environment: 'int',
      deployment: { release: { version: 'v1.0.0' } },
      desired: { version: 'v1.0.0' },
      agents: [{ name: 'first', release: { version: 'v1.0.0' }, error: null }],
      promotion: null,
      lastRuns: ['succeeded', 'succeeded', 'succeeded'],
      areOfRelease: [true, false, false],
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
        notCounted: { rita: 'asked for the promotion' },
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
    // The audit names the release as people do, once there is a word of it that is chained.
    await waitFor('the withdrawal in the audit', 20_000, async () => {
      const { entries } = await w.administrator.call(ListAudit, { query: { action: 'sign-off.withdrawn' } });
      return entries.some(({ subject, actor }) => actor.name === 'rob' && subject.name === release.version);
    });
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
      'performance PERFORMANCE_MISSING',
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

  test('what is denied at once takes nobody’s place', async () => {
    const waiting = await look();
    const hopeless = await recordRelease(w.engineer, 'v9.9.9');
    const asked = askForProd(w, hopeless.id, { rollbackPlan: '' });
    await expect(asked).rejects.toMatchObject({ code: 'PROMOTION_DENIED', status: 409 });
    expect(await look()).toMatchObject({ id: waiting.id, state: 'pending' });
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
