// Evidence through the API: services are asked before a gate judges, what they say is kept, and what they don't say is red.
import { ListEvidence, OpenPromotion, PlanPromotion, type PromotionView, TestEvidenceSource } from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import {
  ageEvidence,
  buildChange,
  declareSources,
  type EvidenceWorld,
  startEvidenceWorld,
  toServiceNowDate,
  wantOfProd,
} from '../testing/evidence-world.ts';
import { deployToInt, listRed } from '../testing/promotion-world.ts';
import { ageDeployment, recordRelease, runDaily, waitForPromotion } from '../testing/released.ts';

let e: EvidenceWorld;
let releaseId: string;
let commit: string;
beforeEach(async () => {
  e = await startEvidenceWorld();
  const release = await recordRelease(e.w.engineer, 'v1.3.3');
  releaseId = release.id;
  commit = release.bill.gitSha;
  await deployToInt(e.w, releaseId);
});
afterEach(() => e.close());

const ask = (more: object = {}) =>
  e.w.rita.call(OpenPromotion, { body: { releaseId, environment: 'prod', changeRecord: 'CHG0030001', ...more } });
const plan = (more: object = {}) => e.w.rita.call(PlanPromotion, { body: { releaseId, environment: 'prod', ...more } });
const verdictOf = ({ verdicts }: Pick<PromotionView, 'verdicts'>, gate: string) =>
  verdicts.find((one) => one.gate === gate);

test('A67 a promotion waits for its change record, and goes on when it is approved, asked anew by itself', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' } });
  const rows = e.serviceNow.instance.tables;
  const short_description = 'a\0b\ud800';
  rows.change_request = [buildChange('CHG0030001', { approval: 'requested', short_description })];
  const promotion = await ask();
  expect(listRed(promotion)).toEqual(['change CHANGE_NOT_APPROVED']);
  expect(verdictOf(promotion, 'change')?.evidence).toMatchObject({
    source: 'servicenow',
    number: 'CHG0030001',
    approval: 'waiting',
    link: `${e.serviceNow.url}/change_request.do?sys_id=CHG0030001`,
  });
  rows.change_request = [buildChange('CHG0030001')];
  await ageEvidence(e.w.databaseUrl, 6);
  expect((await waitForPromotion(e.w.rita, promotion.id, 'running')).changeRecord).toBe('CHG0030001');
});

test('A67 a planned window opens by time alone, and one that is over stays closed', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' } });
  const rows = e.serviceNow.instance.tables;
  const startsAt = toServiceNowDate(60);
  rows.change_request = [
    buildChange('CHG0030001', { start_date: startsAt, end_date: toServiceNowDate(120) }),
    buildChange('CHG2', { start_date: toServiceNowDate(-120), end_date: toServiceNowDate(-1) }),
  ];
  const promotion = await ask();
  const opensAt = new Date(`${startsAt.replace(' ', 'T')}Z`).toISOString();
  expect(verdictOf(promotion, 'change')).toMatchObject({ code: 'CHANGE_WINDOW_LATER', askAgainAt: opensAt });
  expect(listRed(await plan({ changeRecord: 'CHG2' }))).toEqual(['change CHANGE_WINDOW_OVER']);
  expect(listRed(await plan({ changeRecord: 'CHG0030001', at: opensAt }))).toEqual([]);
  expect(listRed(await plan({ changeRecord: 'CHG9' }))).toEqual(['change CHANGE_UNKNOWN']);
});

test('A67 a promotion without its change record, and one that was rejected, end', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' } });
  expect(await ask({ changeRecord: undefined })).toMatchObject({ state: 'failed', endCode: 'CHANGE_MISSING' });
  e.serviceNow.instance.tables.change_request = [buildChange('CHG0030001', { approval: 'rejected' })];
  expect(await ask()).toMatchObject({ state: 'failed', endCode: 'CHANGE_REJECTED' });
});

test('A67 open incidents and problems hold a release back until somebody ends them', async () => {
  await wantOfProd(e, { incidents: { sources: ['servicenow', 'dynatrace'] } });
  const incident = { short_description: 'orders twice', opened_at: toServiceNowDate(-60), active: 'true' };
  e.serviceNow.instance.tables.incident = [
    { ...incident, number: 'INC1', priority: ['1', '1 - Critical'] },
    { ...incident, number: 'INC3', priority: ['3', '3 - Moderate'] },
  ];
  const problem = { displayId: 'P-1', title: 'slow', severityLevel: 'ERROR', startTime: Date.now() - 1000 };
  e.dynatrace.environment.problems.push({ ...problem, status: 'OPEN' });
  const promotion = await ask();
  expect(listRed(promotion)).toEqual(['incidents INCIDENTS_OPEN']);
  expect(verdictOf(promotion, 'incidents')?.evidence).toMatchObject({
    count: 2,
    open: [{ id: 'INC1' }, { id: 'P-1' }],
  });
  e.serviceNow.instance.tables.incident = [];
  e.dynatrace.environment.problems.length = 0;
  await ageEvidence(e.w.databaseUrl, 6);
  await waitForPromotion(e.w.rita, promotion.id, 'running');
});

test('A67 checks of the very commit, its release, and who is on call', async () => {
  await wantOfProd(e, {
    checks: { source: 'github', names: ['build'], needsRelease: true },
    confirmations: ['on-call'],
  });
  e.onCall.person = 'nobody';
  expect(listRed(await plan())).toEqual(['checks EVIDENCE_UNREACHABLE', 'confirmations CONFIRMATION_MISSING']);
  e.gitHub.repository.checkRuns[commit] = [{ name: 'build', status: 'completed', conclusion: 'failure' }];
  await ageEvidence(e.w.databaseUrl, 6);
  expect(listRed(await plan())[0]).toBe('checks CHECKS_FAILED');
  e.gitHub.repository.checkRuns[commit] = [{ name: 'build', status: 'completed', conclusion: 'success' }];
  await ageEvidence(e.w.databaseUrl, 6);
  expect(listRed(await plan())[0]).toBe('checks RELEASE_NOT_PUBLISHED');
  e.gitHub.repository.releases.push({ tag_name: 'v1.3.3', draft: false });
  e.onCall.person = 'rita';
  await ageEvidence(e.w.databaseUrl, 6);
  expect(await plan()).toMatchObject({ decision: 'allow' });
});

test('A67 what is unreachable, garbage, slow or stale is red and asked again; never is an old answer taken for a new one', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' } });
  e.serviceNow.instance.tables.change_request = [buildChange('CHG0030001')];
  for (const fault of [500, 401, 429, 'page', 'cut', 'silent'] as const) {
    e.serviceNow.fail(fault);
    await ageEvidence(e.w.databaseUrl, 6);
    const { verdicts, decision } = await plan({ changeRecord: 'CHG0030001' });
    expect([fault, decision, listRed({ verdicts })]).toEqual([fault, 'defer', ['change EVIDENCE_UNREACHABLE']]);
    expect(verdicts.find(({ gate }) => gate === 'change')?.askAgainAt).not.toBeNull();
  }
  e.serviceNow.fail(undefined);
  await ageEvidence(e.w.databaseUrl, 6);
  expect((await plan({ changeRecord: 'CHG0030001' })).decision).toBe('allow');
  // The server that asks was killed: its word is old, and nobody else may ask for a minute.
  await withConnection(e.w.databaseUrl, (client) =>
    client.query(
      `update evidence set asked_at = asked_at - interval '16 minutes', claimed_until = now() + interval '1 minute'`,
    ),
  );
  expect(listRed(await plan({ changeRecord: 'CHG0030001' }))).toEqual(['change EVIDENCE_UNREACHABLE']);
  await ageEvidence(e.w.databaseUrl, 2);
  expect((await plan({ changeRecord: 'CHG0030001' })).decision).toBe('allow');
});

test('A67 what is wanted and not declared is red, and says what to do', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' }, incidents: { sources: ['nobody'] } }, {});
  const promotion = await ask();
  expect(listRed(promotion)).toEqual(['incidents EVIDENCE_NOT_CONFIGURED', 'change EVIDENCE_NOT_CONFIGURED']);
  expect(verdictOf(promotion, 'change')?.reason).toContain('docs/reference/evidence.md');
  // A policy that declares it is judged at once.
  e.serviceNow.instance.tables.change_request = [buildChange('CHG0030001')];
  await wantOfProd(e, { change: { source: 'servicenow' } });
  await waitForPromotion(e.w.rita, promotion.id, 'running');
});

test('a source with another address is another one: what the old one said does not count', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' } });
  e.serviceNow.instance.tables.change_request = [buildChange('CHG0030001')];
  expect((await plan({ changeRecord: 'CHG0030001' })).decision).toBe('allow');
  const sources = declareSources(e);
  const servicenow = { ...sources.servicenow, url: `${e.serviceNow.url}/elsewhere` };
  await wantOfProd(e, { change: { source: 'servicenow' } }, { ...sources, servicenow });
  expect(listRed(await plan({ changeRecord: 'CHG0030001' }))).toEqual(['change EVIDENCE_UNREACHABLE']);
});

test('who may not promote asks no service; a plan of theirs is judged by what is known', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' } });
  e.serviceNow.instance.tables.change_request = [buildChange('CHG0030001')];
  const body = { releaseId, environment: 'prod', changeRecord: 'CHG0030001' };
  expect(listRed(await e.w.bo.call(PlanPromotion, { body }))).toEqual(['change EVIDENCE_UNREACHABLE']);
  expect(e.serviceNow.requests).toEqual([]);
  await plan(body);
  expect((await e.w.bo.call(PlanPromotion, { body })).decision).toBe('allow');
});

test('a service that hangs holds up no other', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' }, confirmations: ['on-call'] });
  e.serviceNow.fail('silent');
  const asked = Array.from({ length: 9 }, (_, at) => plan({ changeRecord: `CHG${at}` }));
  await waitFor('the rota to be asked nine times', 20_000, () => e.onCall.requests.length >= 9);
  expect(e.serviceNow.requests.length).toBeLessThan(9);
  await Promise.all(asked);
});

test('two servers, and plans at once, ask a service once', async () => {
  await wantOfProd(e, { incidents: { sources: ['servicenow'] } });
  const replica = await e.w.startReplica();
  const other = e.w.clientOf(e.w.tokens.engineer, replica);
  const body = { releaseId, environment: 'prod' };
  await Promise.all(Array.from({ length: 5 }, () => [plan(), other.call(PlanPromotion, { body })]).flat());
  expect(e.serviceNow.requests).toHaveLength(1);
  await ageEvidence(e.w.databaseUrl, 4);
  await plan();
  expect(e.serviceNow.requests).toHaveLength(1);
  // Left alone for as long as it wants to be.
  e.serviceNow.fail(429, { 'retry-after': '600' });
  await ageEvidence(e.w.databaseUrl, 6);
  await plan();
  await ageEvidence(e.w.databaseUrl, 9);
  await plan();
  expect(e.serviceNow.requests).toHaveLength(2);
  await ageEvidence(e.w.databaseUrl, 2);
  await plan();
  expect(e.serviceNow.requests).toHaveLength(3);
});

test('A67 A92 run durations before and after the deployment in the environment before are compared', async () => {
  await wantOfProd(e, { performance: { runs: 3, tolerance: 1.5, graceSeconds: 30 } });
  const run = () => runDaily({ person: e.w.engineer, agent: e.w.int }, 'int');
  for (let count = 0; count < 3; count += 1) await run();
  await ageDeployment(e.w.databaseUrl, 'int', 1);
  const next = await recordRelease(e.w.engineer, 'v1.3.4');
  await deployToInt(e.w, next.id);
  releaseId = next.id;
  expect(listRed(await plan())).toEqual(['performance PERFORMANCE_MISSING']);
  await run();
  await setDurations({ before: 100, after: 150.1 });
  const promotion = await ask();
  expect(listRed(promotion)).toEqual(['performance PERFORMANCE_WORSE']);
  expect(verdictOf(promotion, 'performance')?.evidence).toMatchObject({
    pipelines: [{ pipeline: 'daily', before: 100, after: 150.1, runs: [3, 1] }],
  });
  await setDurations({ before: 100, after: 150 });
  await waitForPromotion(e.w.rita, promotion.id, 'running');
});

/** Lets runs of the release before and of this one have taken so many seconds, and wakes the servers. */
async function setDurations({ before, after }: { before: number; after: number }) {
  await withConnection(e.w.databaseUrl, async (client) => {
    await client.query(
      `update runs set started_at = finished_at - make_interval(secs => case when release_id = $1 then $3::float8 else $2::float8 end)
       where finished_at is not null`,
      [releaseId, before, after],
    );
    await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'promotions']);
  });
}

test('A67 A92 metrics of a service are compared around the deployment', async () => {
  const selector = 'builtin:service.response.time:avg';
  await wantOfProd(e, { performance: { metrics: [{ source: 'dynatrace', selector, hours: 2 }] } });
  await ageDeployment(e.w.databaseUrl, 'int', 1);
  const now = Date.now();
  const set = (before: number, after: number) => {
    const values = [
      { atMs: now - 90 * 60_000, value: before },
      { atMs: now - 30 * 60_000, value: after },
    ];
    e.dynatrace.environment.metrics[selector] = values;
    return ageEvidence(e.w.databaseUrl, 6);
  };
  await set(100, 151);
  expect(listRed(await plan())).toEqual(['performance PERFORMANCE_WORSE']);
  await set(100, 150);
  expect((await plan()).decision).toBe('allow');
  e.dynatrace.environment.metrics[selector] = [];
  await ageEvidence(e.w.databaseUrl, 6);
  expect(listRed(await plan())).toEqual(['performance METRICS_MISSING']);
});

test('people see what was asked, what was said, and where to look; credentials are nowhere', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' }, checks: { source: 'github' }, confirmations: ['on-call'] });
  e.serviceNow.instance.tables.change_request = [buildChange('CHG0030001')];
  e.onCall.fail(500);
  const query = { releaseId, environment: 'prod', changeRecord: 'CHG0030001' };
  const before = await e.w.bo.call(ListEvidence, { query });
  expect(before.evidence.map(({ source, askedAt }) => [source, askedAt])).toEqual([
    ['servicenow', null],
    ['github', null],
    ['on-call', null],
  ]);
  await ask();
  const { evidence } = await e.w.bo.call(ListEvidence, { query: { releaseId, environment: 'prod' } });
  expect(evidence[0]).toMatchObject({
    service: 'servicenow',
    answer: { record: { number: 'CHG0030001', approval: 'approved' } },
    excerpt: expect.stringContaining('CHG0030001'),
  });
  expect(evidence[2]).toMatchObject({ answer: null, error: { code: 'HTTP_ERROR' } });
  expect(JSON.stringify(evidence)).not.toMatch(/pass:word|ghp_token|dG93cGF0aDpwYXNzOndvcmQ=/);
});

test('an administrator tries a source; nothing is kept, and nobody else may', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' }, incidents: { sources: ['servicenow'] } });
  e.serviceNow.instance.tables.change_request = [buildChange('CHG7')];
  const test = (source: string, client = e.w.administrator, changeRecord?: string) =>
    client.call(TestEvidenceSource, { params: { source }, body: { releaseId, environment: 'prod', changeRecord } });
  const { evidence } = await test('servicenow', e.w.administrator, 'CHG7');
  expect(evidence.map(({ question, answer }) => [question.kind, answer?.kind])).toEqual([
    ['change', 'change'],
    ['incidents', 'incidents'],
  ]);
  const asked = await e.w.bo.call(ListEvidence, { query: { releaseId, environment: 'prod' } });
  expect(asked.evidence.map(({ askedAt }) => askedAt)).toEqual([null]);
  await expect(test('github')).rejects.toMatchObject({ code: 'EVIDENCE_NOT_ASKED', status: 409 });
  await expect(test('nobody')).rejects.toMatchObject({ code: 'EVIDENCE_SOURCE_UNKNOWN', status: 404 });
  await expect(test('servicenow', e.w.rita)).rejects.toMatchObject({ status: 403 });
});

test.each([
  ['a variable of the server', { secretFrom: 'DATABASE_URL' }],
  ['an address in the clear', { url: 'http://servicenow.example' }],
  ['an address with a credential', { url: 'https://a:b@servicenow.example' }],
  ['an address that is none', { url: 'file:///etc/passwd' }],
  ['a name that ends a condition', { configurationItem: 'a^ORactive=false' }],
  ['a name that is run', { businessService: 'javascript:gs.x()' }],
])('a policy that names %s is refused', async (_, more) => {
  const servicenow = { ...declareSources(e).servicenow, ...more };
  await expect(wantOfProd(e, {}, { servicenow })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('another change record is another promotion, and the audit knows it', async () => {
  await wantOfProd(e, { change: { source: 'servicenow' } });
  e.serviceNow.instance.tables.change_request = [];
  const first = await ask();
  expect((await ask()).id).toBe(first.id);
  const second = await ask({ changeRecord: 'CHG0030002' });
  expect(second.id).not.toBe(first.id);
  const { rows } = await withConnection(e.w.databaseUrl, (client) =>
    client.query(
      `select details->>'changeRecord' as change from audit_entries where action = 'promotion.requested' order by 1`,
    ),
  );
  expect(rows).toContainEqual({ change: 'CHG0030002' });
});
