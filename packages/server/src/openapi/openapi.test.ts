// The document against a validator that is not ours, and against what a server really answers.

import { Validator } from '@seriousme/openapi-schema-validator';
import * as api from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { buildGraph, buildRegistration, buildTask, startRunOf } from '../testing/builders.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import { buildRelease } from '../testing/released.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { listContracts } from './create-openapi-document.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());

interface Media {
  readonly schema?: { readonly $ref?: string };
}

interface Operation {
  readonly security: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>> }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

async function fetchDocument(): Promise<Document> {
  const response = await fetch(`${t.server.url}/api/openapi.json`);
  return JSON.parse(await response.text());
}

function operationOf({ paths }: Document, { path, method }: api.RouteContract): Operation {
  const operation = paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  if (!operation) throw new Error(`${method} ${path} is not described`);
  return operation;
}

test('everybody may read it, and a validator finds no fault', async () => {
  const document = await fetchDocument();
  expect(await new Validator().validate({ ...document })).toMatchObject({ valid: true });
  expect(await new Validator().validate({ ...document, paths: { odd: 1 } })).toMatchObject({ valid: false });
});

test('every contract is in it, with its parameters, bodies and media types', async () => {
  const document = await fetchDocument();
  const { paths } = document;
  const described = Object.entries<object>(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const contracts = listContracts().map(([, { method, path }]) => `${method} ${path}`);
  expect(described.sort()).toEqual([...contracts].sort());
  expect(contracts.length).toBeGreaterThan(25);
  for (const [name, contract] of listContracts()) {
    const operation = operationOf(document, contract);
    expect([name, Object.keys(operation.requestBody?.content ?? {})]).toEqual([
      name,
      contract.bodyMediaType ? [contract.bodyMediaType] : contract.body ? ['application/json'] : [],
    ]);
    const content = Object.keys(operation.responses['200']?.content ?? {});
    expect([name, content]).toEqual([name, [contract.replyMediaType ?? 'application/json']]);
    expect([name, operation.security.length > 0]).toEqual([name, contract.permission !== 'public']);
  }
});

test('references lead somewhere and no schema is one of zod alone', async () => {
  const document = await fetchDocument();
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref = '']) => ref);
  for (const ref of new Set(names)) {
    expect(ref).toMatch(/^#\/components\/schemas\/\w+$/);
    expect(Object.keys(document.components.schemas)).toContain(ref.split('/').at(-1));
  }
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['RunDetail', 'Problem', 'StartRunBody', 'AuditEntryView', 'JsonValue']),
  );
});

/** A validator of the replies; members that the document doesn't name are refused, though clients must bear them. */
async function createValidator() {
  const document = await fetchDocument();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // The default export of a CommonJS module, as Node gives it.
  (addFormats as unknown as (instance: object) => void)(ajv);
  ajv.addSchema({ $id: 'towpath', components: { schemas: close(document.components.schemas) } });
  const check = (ref: string | undefined, value: unknown) => {
    const validate = ref === undefined ? undefined : ajv.getSchema(`towpath${ref}`);
    if (!validate) throw new Error(`no schema ${ref}`);
    return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
  return { document, check };
}

function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== 'object' || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  const isObject = closed.type === 'object' && closed.properties !== undefined;
  return isObject && !('additionalProperties' in closed) ? { ...closed, additionalProperties: false } : closed;
}

const HASH = 'a'.repeat(64);

interface Walked {
  readonly name: string;
  readonly query?: string;
  readonly params?: Record<string, string>;
  readonly body?: unknown;
  readonly token?: string;
}

type Walk = (walked: Walked) => Promise<unknown>;

/** What a deploy command would change, and somebody who does not want that. */
async function walkDeployPlan(walk: Walk, byAgent: Pick<Walked, 'token' | 'params'>, releaseId: string): Promise<void> {
  const token = t.tokens.administrator;
  const int = { deployPlan: { approvals: { administrator: 1 } } };
  await walk({ name: 'ApplyPolicy', token, body: { policy: { schemaVersion: 1, environments: { int } } } });
  const opened = await walk({ name: 'OpenPromotion', body: { releaseId, environment: 'int' } });
  const { id: promotionId } = api.PromotionView.parse(opened);
  await walk({ name: 'WatchRelease', ...byAgent, body: { waitMs: 10_000, makesDeployPlans: true } });
  const sha256 = 'e'.repeat(64);
  const made = { promotionId, file: { sha256, sizeBytes: 1 }, output: '+ a', isOutputCut: false, error: null };
  await walk({ name: 'ReportDeployPlan', ...byAgent, body: made });
  await walk({ name: 'WatchRelease', ...byAgent, body: { waitMs: 0, makesDeployPlans: true } });
  const params = { promotionId };
  await walk({ name: 'SignDeployPlan', token, params, body: { sha256, decision: 'refused', note: 'no' } });
  await walk({ name: 'ListDeployPlans', params });
  await walk({ name: 'AbortPromotion', params, body: { reason: 'enough' } });
  await walk({ name: 'ApplyPolicy', token, body: { policy: { schemaVersion: 1 } } });
}

/** A release on its way into int, and all that is decided about it. Last, since int takes no working tree from then on. */
async function walkReleases(walk: Walk, byAgent: Pick<Walked, 'token' | 'params'>): Promise<void> {
  const created = await walk({ name: 'CreateRelease', body: { ...buildRelease('v1.0.0'), project: 'p' } });
  const { id: releaseId } = api.CreateRelease.reply.parse(created).release;
  const one = { releaseId, environment: 'int' };
  const token = t.tokens.administrator;
  for (const name of ['ListReleases', 'GetPolicy', 'GetBoard', 'ListPromotions']) await walk({ name });
  await walk({ name: 'GetRelease', params: { releaseId } });
  await walk({ name: 'CompareReleases', params: { releaseId }, query: `?from=${releaseId}` });
  const freeze = { timeZone: 'Europe/London', filingDates: [{ on: '2026-06-10', name: 'filing' }] };
  const windows = [{ days: ['mon'], from: '09:00', until: '24:00' }];
  const prod = { freeze, windows, confirmations: ['note'], checks: { source: 'github' } };
  const evidence = {
    note: { service: 'file', path: 'note.yaml' },
    github: { service: 'github', repository: 'acme/markets' },
  };
  const policy = { schemaVersion: 1, kinds: { shared: { cycles: 0 } }, environments: { prod }, evidence };
  await walk({ name: 'ApplyPolicy', token, body: { policy, note: 'a note' } });
  const ofProd = { releaseId, environment: 'prod' };
  await walk({ name: 'TestEvidenceSource', token, params: { source: 'note' }, body: ofProd });
  await walk({ name: 'ListEvidence', query: `?releaseId=${releaseId}&environment=prod` });
  const given = await walk({ name: 'GiveSignOff', token, body: { ...one, decision: 'approved', note: 'seen' } });
  await walk({ name: 'ListSignOffs', query: `?releaseId=${releaseId}` });
  await walk({ name: 'WithdrawSignOff', token, params: { signOffId: api.SignOffView.parse(given).id } });
  const leaver = await issueLeaver();
  const refusal = { ...ofProd, decision: 'refused', note: 'lost' };
  const refused = await walk({ name: 'GiveSignOff', token: leaver, body: refusal });
  await walk({ name: 'RevokePerson', token, params: { name: 'lea' }, body: {} });
  const signOffId = api.SignOffView.parse(refused).id;
  await walk({ name: 'LiftRefusal', token, params: { signOffId }, body: { reason: 'found' } });
  await walkDeployPlan(walk, byAgent, releaseId);
  const frozen = await walk({ name: 'DeclareFreeze', body: { environment: 'int', reason: 'incident' } });
  await walk({ name: 'GetCalendar', params: { environment: 'int' }, query: '?at=2026-06-10T10:00:00Z' });
  await walk({ name: 'PlanPromotion', body: { ...one, at: '2026-06-10T10:00:00Z' } });
  const opened = await walk({ name: 'OpenPromotion', body: { ...one, note: 'now', rollbackPlan: 'back' } });
  const params = { promotionId: api.PromotionView.parse(opened).id };
  await walk({ name: 'GetPromotion', params });
  await walk({ name: 'LiftFreeze', params: { freezeId: api.FreezeView.parse(frozen).id }, body: { why: 'over' } });
  await walk({ name: 'PlanRollback', params: { environment: 'int' }, query: `?from=${releaseId}` });
  await walk({ name: 'GetBoard' });
  await walk({ name: 'AbortPromotion', params, body: { reason: 'enough' } });
  const strict = { schemaVersion: 1, environments: { int: { signOffs: { business: 1 } } } };
  await walk({ name: 'ReplayPolicy', body: { policy: strict, days: 90 } });
  await walk({ name: 'OpenPromotion', body: { ...one, emergency: { reason: 'lost' } } });
  await walk({ name: 'OpenPromotion', body: one });
  await walk({ name: 'WatchRelease', ...byAgent, body: { waitMs: 10_000 } });
  await walk({ name: 'ReportRelease', ...byAgent, body: { releaseId, error: { code: 'X', message: 'no' } } });
  await walk({ name: 'GetBoard' });
}

/** A token of somebody whose access will be revoked. */
async function issueLeaver(): Promise<string> {
  const admin = await openAdmin(t.databaseUrl);
  try {
    return await admin.issueAccessToken({ name: 'lea', role: 'business' });
  } finally {
    await admin.close();
  }
}

/** Who may do what, and the tokens of a service account. */
async function walkAccess(walk: Walk): Promise<void> {
  const token = t.tokens.administrator;
  const bindings = [{ group: 'engineers', role: 'engineer', environments: ['int'] }];
  await walk({ name: 'ApplyAccess', token, body: { policy: { schemaVersion: 1, bindings }, note: 'a note' } });
  for (const name of ['GetAccess', 'GetLoginOptions']) await walk({ name });
  await walk({ name: 'CheckAccess', query: '?permission=promotions:write&environment=prod' });
  const wish = { serviceAccount: 'ci', role: 'engineer', environments: ['int'], expiresInDays: 90, note: 'builds' };
  const issue = async () => api.IssueToken.reply.parse(await walk({ name: 'IssueToken', token, body: wish }));
  await walk({ name: 'SignOut', token: (await issue()).token });
  const { id } = await issue();
  await walk({ name: 'ListTokens', token });
  await walk({ name: 'RevokeToken', token, params: { tokenId: id }, body: { reason: 'leaked' } });
  await issue();
  await walk({ name: 'RevokePerson', token, params: { name: 'service-account:ci' }, body: {} });
}

test('what a filled server answers is what the document says, route by route', async () => {
  const { document, check } = await createValidator();
  const walked = new Set<string>();
  const walk = async ({ name, params = {}, query = '', body, token = t.tokens.engineer }: Walked) => {
    const [, contract] = listContracts().find(([known]) => known === name) ?? [];
    if (!contract) throw new Error(`no contract ${name}`);
    const path = contract.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
    const response = await fetch(t.server.url + path + query, {
      method: contract.method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const operation = operationOf(document, contract);
    const answer: unknown = await response.json();
    const { content } = operation.responses[response.ok ? '200' : 'default'] ?? {};
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    const errors = [
      ...check(content?.[type]?.schema?.$ref, answer),
      ...(body === undefined ? [] : check(operation.requestBody?.content['application/json']?.schema?.$ref, body)),
    ];
    expect([name, response.status, errors]).toEqual([name, response.ok ? 200 : response.status, []]);
    if (response.ok) walked.add(name);
    return answer;
  };

  const agent = await openSimulatedAgent(t.agent);
  const tasks = [
    buildTask('a', { pool: 'sql', retry: { limit: 1, delaySeconds: 0, factor: 2 } }),
    buildTask('b', { dependsOn: ['a'], inputs: ['a'] }),
  ];
  const parameters = {
    day: { type: 'string', format: 'date', default: '2026-01-31' },
    full: { type: 'boolean' },
  } as const;
  const nightly = {
    name: 'nightly',
    cron: '0 3 * * *',
    timeZone: 'Europe/London',
    overlap: 'forbid',
    catchUp: 'latest',
    maxCatchUp: 10,
    startDeadlineSeconds: null,
    parameters: { full: false },
  } as const;
  const graph = { ...buildGraph('daily', tasks), parameters, schedules: [nightly] };
  const registration = { ...buildRegistration([graph]), pools: { sql: 4 } };
  const byAgent = { token: t.tokens.agent, params: { sessionId: agent.sessionId } };
  await walk({ name: 'RegisterCode', token: t.tokens.agent, body: registration });
  const start = { pipeline: 'daily', environment: 'int', parameters: { full: true }, note: 'a note' };
  const run = api.RunSummary.parse(await walk({ name: 'StartRun', body: start }));
  const claimed = await walk({ name: 'ClaimAttempts', ...byAgent, body: { slots: 5, waitMs: 0 } });
  const [grant] = api.ClaimAttempts.reply.parse(claimed).attempts;
  const attempt = { attemptId: grant?.attemptId, epoch: grant?.epoch };
  await walk({ name: 'ReportStarted', ...byAgent, body: { attempts: [attempt] } });
  await walk({ name: 'ReturnAttempts', ...byAgent, body: { attempts: [attempt] } });
  await walk({ name: 'RenewSession', ...byAgent });
  const result = { rowsLoaded: 3, nested: [{ deep: null }] };
  const ended = { outcome: 'succeeded', exitCode: 0, reasonCode: null, reason: null, result, logLengthBytes: 0 };
  await walk({ name: 'FinishAttempts', ...byAgent, body: { attempts: [{ ...attempt, ...ended }], slots: 5 } });
  for (const name of [
    'GetHealth',
    'GetSession',
    'ListEnvironments',
    'ListPipelines',
    'ListPools',
    'ListRuns',
    'GetOpenApi',
  ])
    await walk({ name });
  await walk({ name: 'GetRun', params: { runId: run.id } });
  await walk({ name: 'FindRunByNumber', params: { environment: 'int', number: '1' } });
  await walk({ name: 'SetPool', params: { environment: 'int', name: 'sql' }, body: { slots: 2 } });
  await walk({ name: 'CancelRun', params: { runId: run.id }, body: { reason: 'enough' } });
  const other = api.RunSummary.parse(await walk({ name: 'StartRun', body: start }));
  await walk({ name: 'CancelRun', params: { runId: other.id }, body: {} });
  await walk({ name: 'RerunRun', params: { runId: other.id }, body: { from: 'start', note: 'again' } });
  const { link } = api.CreateConsoleLink.reply.parse(await walk({ name: 'CreateConsoleLink' }));
  await walk({ name: 'OpenConsole', body: { link } });
  await readAuditChain(t.engineer);
  await walk({ name: 'ListAudit' });
  await walk({ name: 'GetAuditStatus' });
  const { schedules } = api.ListSchedules.reply.parse(await walk({ name: 'ListSchedules' }));
  const params = { scheduleId: schedules[0]?.id ?? '' };
  await walk({ name: 'PauseSchedule', params, body: { note: 'enough' } });
  await walk({ name: 'ResumeSchedule', params, body: {} });
  await walk({ name: 'RunScheduleNow', params, body: { note: 'now' } });
  await walk({ name: 'ListScheduleSlots', params });
  const sink = { name: 'chat', sink: 'slack', severities: ['critical'] };
  const declared = { name: 'int', kind: 'shared', sizing: { cpu: 1, spot: true }, notify: [sink] };
  const body = { project: 'p', environments: [declared], isWhole: false };
  await walk({ name: 'ApplyEnvironments', token: t.tokens.administrator, body });
  const value = { name: 'A', text: 'x', mask: null, source: 'project', place: null, type: 'string', rules: [] };
  const resolved = { hash: 'h', values: [value], problems: [], targets: [], channels: [] };
  await walk({ name: 'ReportConfiguration', ...byAgent, body: resolved });
  await walk({ name: 'GetConfiguration', params: { environment: 'int' } });
  await startRunOf(t, [buildTask('fails')], 'failing');
  await agent.finish(await agent.claim(), { outcome: 'failed', exitCode: 1 });
  await walk({ name: 'ClaimDeliveries', ...byAgent, body: { limit: 5, waitMs: 0 } });
  await walk({ name: 'ClaimRetention', ...byAgent, body: { dueAt: '2026-03-01T03:00:00.000Z' } });
  await walk({ name: 'ReportDeliveries', token: t.tokens.agent, body: { deliveries: [] } });
  await walk({ name: 'ListNotifications' });
  await walk({ name: 'ReportAgentAudit', token: t.tokens.agent, body: { entries: [] } });
  await walk({ name: 'ListNamedDatakits', ...byAgent });
  const versions = [{ version: '1.0.0', digest: `sha256:${HASH}`, label: '1.0.0', minimumPlatform: '9.0.0' }];
  const datakits = [{ name: 'shell', named: ['1.0.0'], versions, error: null }];
  const inventory = { source: 'registry', platformVersion: '1.2.3', memoryMiB: null, datakits };
  await walk({ name: 'ReportDatakits', ...byAgent, body: inventory });
  await walk({ name: 'ListDatakits' });
  await walk({ name: 'ListEnvironments' });
  await walkReleases(walk, byAgent);
  await walkAccess(walk);
  // Problems have a schema too.
  await walk({ name: 'OpenConsole', body: { link } });
  await walk({ name: 'GiveUpAttempt', params: { attemptId: attempt.attemptId ?? '' }, body: {} });
  await walk({ name: 'GetRun', params: { runId: 'garbage' } });

  const json = listContracts().flatMap(([name, { replyMediaType }]) => (replyMediaType ? [] : [name]));
  // Left out: they need a world of their own, and have tests of their own that parse their replies.
  const elsewhere = [
    'AppendLog',
    'CloseSession',
    'GiveUpAttempt',
    'IssueBundleToken',
    'OpenSession',
    'PlanRollback',
    'RedeemLogin',
    'RetryPromotion',
    'RollBack',
    'UploadBundle',
    'UploadReleaseBundle',
  ];
  expect(json.filter((name) => !walked.has(name) && !elsewhere.includes(name))).toEqual([]);
});
