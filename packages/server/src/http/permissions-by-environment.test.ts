// A72: every route of people × role × environment. A person has a role in `int` alone: there it counts, in `prod` nothing does,
// and what lists several environments leaves `prod` out. A route that is added without a line in REQUESTS fails here.
import * as api from '@towpath/api';
import { type Permission, type PersonRole, ROLES, roleHas } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTE_PLACES } from '../access/route-places.ts';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { recordRelease } from '../testing/released.ts';
import { buildSchedule, getOnlySchedule, registerScheduled } from '../testing/scheduled-pipeline.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const UNKNOWN = '01890000-0000-7000-8000-000000000000';
const HASH = '0'.repeat(64);

/** What there is in an environment. */
interface World {
  readonly environment: string;
  readonly runId: string;
  readonly attemptId: string;
  readonly scheduleId: string;
  readonly promotionId: string;
  readonly signOffId: string;
  readonly freezeId: string;
}

interface Request {
  readonly params?: Record<string, string>;
  readonly query?: string;
  readonly body?: unknown;
}

const bare = (): Request => ({});
const inQuery = ({ environment }: World): Request => ({ query: `environment=${environment}` });
const withBody = (body: object) => (): Request => ({ body });
const ofRun =
  (body?: object) =>
  ({ runId }: World): Request => ({ params: { runId }, body });
const ofSchedule =
  (body?: object) =>
  ({ scheduleId }: World): Request => ({ params: { scheduleId }, body });

/** A well-formed request of each route to something that is there. */
const REQUESTS: Record<string, (world: World) => Request> = {
  GetAccess: bare,
  ApplyAccess: withBody({ policy: { schemaVersion: 1, bindings: [] } }),
  ListTokens: bare,
  IssueToken: withBody({ serviceAccount: 'ci', role: 'viewer', expiresInDays: 1 }),
  RevokeToken: () => ({ params: { tokenId: UNKNOWN }, body: {} }),
  RevokePerson: () => ({ params: { name: 'nobody' }, body: {} }),
  ListEnvironments: bare,
  ApplyEnvironments: withBody({ project: 'p', environments: [], isWhole: false }),
  GetConfiguration: ({ environment }) => ({ params: { environment } }),
  ListDatakits: bare,
  ListNotifications: inQuery,
  ListPipelines: inQuery,
  ListPools: inQuery,
  SetPool: ({ environment }) => ({ params: { environment, name: 'p' }, body: { slots: 1 } }),
  ListSchedules: inQuery,
  ListScheduleSlots: ofSchedule(),
  PauseSchedule: ofSchedule({}),
  ResumeSchedule: ofSchedule({}),
  RunScheduleNow: ofSchedule({}),
  CreateRelease: withBody({
    ...{ project: 'p', version: 'v1.0.0', changelog: 'x', gitSha: '0'.repeat(40), createdFrom: 'h' },
    ...{ pipelines: [], pools: {}, configurationHash: HASH },
  }),
  ListReleases: bare,
  GetRelease: () => ({ params: { releaseId: HASH } }),
  CompareReleases: () => ({ params: { releaseId: HASH }, query: `from=${HASH}` }),
  UploadReleaseBundle: () => ({ params: { hash: HASH } }),
  OpenPromotion: ({ environment }) => ({ body: { releaseId: HASH, environment } }),
  PlanPromotion: ({ environment }) => ({ body: { releaseId: HASH, environment } }),
  ListPromotions: inQuery,
  GetPromotion: ({ promotionId }) => ({ params: { promotionId } }),
  ListDeployPlans: ({ promotionId }) => ({ params: { promotionId } }),
  SignDeployPlan: ({ promotionId }) => ({ params: { promotionId }, body: { sha256: HASH, decision: 'approved' } }),
  AbortPromotion: ({ promotionId }) => ({ params: { promotionId }, body: { reason: 'r' } }),
  RollBack: ({ environment }) => ({ params: { environment }, body: { from: HASH, reason: 'r' } }),
  PlanRollback: ({ environment }) => ({ params: { environment }, query: `from=${HASH}` }),
  RetryPromotion: ({ promotionId }) => ({ params: { promotionId }, body: {} }),
  ListEvidence: ({ environment }) => ({ query: `environment=${environment}&releaseId=${HASH}` }),
  TestEvidenceSource: ({ environment }) => ({ params: { source: 's' }, body: { environment, releaseId: HASH } }),
  GetMetrics: bare,
  GetBoard: bare,
  GiveSignOff: ({ environment }) => ({ body: { releaseId: HASH, environment, decision: 'approved' } }),
  WithdrawSignOff: ({ signOffId }) => ({ params: { signOffId } }),
  LiftRefusal: ({ signOffId }) => ({ params: { signOffId }, body: { reason: 'r' } }),
  ListSignOffs: ({ environment }) => ({ query: `environment=${environment}&releaseId=${HASH}` }),
  DeclareFreeze: ({ environment }) => ({ body: { environment, reason: 'r' } }),
  LiftFreeze: ({ freezeId }) => ({ params: { freezeId }, body: {} }),
  GetCalendar: ({ environment }) => ({ params: { environment } }),
  GetCalendarFeed: ({ environment }) => ({ params: { environment } }),
  ReplayPolicy: withBody({ policy: { schemaVersion: 1 }, days: 1 }),
  GetPolicy: bare,
  ApplyPolicy: withBody({ policy: { schemaVersion: 1 } }),
  StartRun: ({ environment }) => ({ body: { pipeline: 'none', environment } }),
  ListRuns: inQuery,
  GetRun: ofRun(),
  FindRunByNumber: ({ environment }) => ({ params: { environment, number: '1' } }),
  CancelRun: ofRun({}),
  RerunRun: ofRun({ from: 'failed' }),
  GiveUpAttempt: ({ attemptId }) => ({ params: { attemptId }, body: {} }),
  ReadLog: ({ attemptId }) => ({ params: { attemptId } }),
  ListAudit: inQuery,
  GetAuditStatus: bare,
  ExportAudit: bare,
  StreamEvents: bare,
};

const AGENTS: readonly Permission[] = [...ROLES.agent, ...ROLES.attempt];

function isContract(value: unknown): value is api.RouteContract {
  return typeof value === 'object' && value !== null && 'permission' in value && 'path' in value;
}

/** Routes that need a permission of people. */
const CONTRACTS = Object.entries(api).flatMap(([name, value]): [string, api.RouteContract, Permission][] => {
  if (!isContract(value)) return [];
  const { permission } = value;
  if (permission === 'public' || permission === 'signed-in' || AGENTS.includes(permission)) return [];
  return [[name, value, permission]];
});

const PERSON_ROLES = Object.keys(ROLES).filter((role): role is PersonRole => !['agent', 'attempt'].includes(role));

let t: TestServer;
let int: World;
let prod: World;
const tokens = new Map<PersonRole | 'unbound', string>();

beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  const admin = await openAdmin(t.databaseUrl);
  for (const role of PERSON_ROLES)
    tokens.set(role, await admin.issueAccessToken({ name: `${role} of int`, role, environments: ['int'] }));
  await admin.close();
  const body = { serviceAccount: 'unbound', expiresInDays: 1 };
  tokens.set('unbound', (await t.administrator.call(api.IssueToken, { body })).token);
  const { id } = await recordRelease(t.engineer, 'v1.0.0');
  int = await fill('int', t.agent, id);
  prod = await fill('prod', t.clientOf(t.tokens.prodAgent), id);
});
afterAll(() => t?.close());

async function fill(environment: string, agent: api.Client, releaseId: string): Promise<World> {
  const manager = t.clientOf(t.tokens.releaseManager);
  await agent.call(api.RegisterCode, { body: buildRegistration([buildGraph('p', [buildTask('a')])]) });
  const run = await t.engineer.call(api.StartRun, { body: { pipeline: 'p', environment } });
  const [grant] = await (await openSimulatedAgent(agent)).claim(1);
  await registerScheduled(agent, `s-${environment}`, [buildSchedule()]);
  const freeze = await manager.call(api.DeclareFreeze, { body: { environment, reason: 'r' } });
  const promotion = await manager.call(api.OpenPromotion, { body: { releaseId, environment } });
  const decision = { releaseId, environment, decision: 'approved' as const };
  const signOff = await t.clientOf(t.tokens.business).call(api.GiveSignOff, { body: decision });
  return {
    environment,
    runId: run.id,
    attemptId: grant?.attemptId ?? '',
    scheduleId: (await getOnlySchedule(t.engineer, `s-${environment}`)).id,
    promotionId: promotion.id,
    signOffId: signOff.id,
    freezeId: freeze.id,
  };
}

async function ask(contract: api.RouteContract, request: Request, token: string | undefined) {
  const { params = {}, query = '', body } = request;
  const path = contract.path.replace(/:(\w+)/g, (_, key: string) => params[key] ?? '');
  const response = await fetch(`${t.server.url}${path}${query && `?${query}`}`, {
    method: contract.method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (response.headers.get('content-type') === 'text/event-stream') {
    await response.body?.cancel();
    return { isOk: true, isDenied: false, text: '' };
  }
  const text = await response.text();
  // Routes have rules of their own besides (a sign-off is withdrawn by who gave it); this is the one place's word.
  const isDenied = response.status === 403 && text.includes(`It lacks the permission ${contract.permission}.`);
  return { isOk: response.ok, isDenied, text };
}

test('every route that needs a permission of people has its line in both tables', () => {
  const names = CONTRACTS.map(([name]) => name).sort();
  expect(Object.keys(REQUESTS).sort()).toEqual(names);
  const keys = CONTRACTS.map(([, { method, path }]) => `${method} ${path}`).sort();
  expect(Object.keys(ROUTE_PLACES).sort()).toEqual(keys);
});

describe.each(CONTRACTS)('%s', (name, contract, permission) => {
  const place = ROUTE_PLACES[`${contract.method} ${contract.path}`];
  const build = (world: World): Request => REQUESTS[name]?.(world) ?? {};
  const isAboutOne = typeof place === 'object' ? 'kind' in place : ['params', 'body', 'query'].includes(place ?? '');

  test('A72 whom no binding names may not, anywhere', async () => {
    for (const world of [int, prod])
      expect(await ask(contract, build(world), tokens.get('unbound'))).toMatchObject({ isDenied: true });
  });

  test.each(PERSON_ROLES)('A72 the role %s counts where it holds', async (role) => {
    const isDenied = !roleHas(role, permission) || place === 'every';
    expect(await ask(contract, build(int), tokens.get(role))).toMatchObject({ isDenied });
  });

  test.each(PERSON_ROLES)('A72 the role %s counts nowhere else', async (role) => {
    if (!isAboutOne) return;
    expect(await ask(contract, build(prod), tokens.get(role))).toMatchObject({ isDenied: true });
  });

  test('A72 a list leaves out what is of other environments', async () => {
    // It needs an environment.
    if (name === 'ListEvidence') return;
    const isList = place === 'query' || (typeof place === 'object' && 'listed' in place);
    if (!isList || name === 'StreamEvents') return;
    const query = name === 'ListSignOffs' ? `releaseId=${HASH}` : '';
    const own = await ask(contract, { query }, tokens.get('viewer'));
    expect(own.isOk).toBe(true);
    expect(own.text).not.toContain('"prod"');
    if (['ListRuns', 'ListEnvironments', 'GetBoard', 'ListAudit'].includes(name)) expect(own.text).toContain('"int"');
  });
});

test('A72 a stream of events tells nothing of other environments', async () => {
  const stream = await t.clientOf(tokens.get('viewer') ?? '').send(api.StreamEvents, { query: { after: '0' } });
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of stream.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    // All that came before is told at once, in one order: the last of it is of both.
    if (text.includes(prod.runId) || text.split('"environment":"int"').length > 4) break;
  }
  expect(text).toContain(int.runId);
  expect(text).not.toContain('"prod"');
});
