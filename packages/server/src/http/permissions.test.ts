// Every route × everybody who may ask. A route that is added without a line in REQUESTS fails here.
import { createHash } from 'node:crypto';
import * as api from '@towpath/api';
import { type ROLES, roleHas } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer, type Tokens } from '../testing/test-server.ts';
import { requireDeclaredRoutes } from './register-route.ts';

const ID = '01890000-0000-7000-8000-000000000000';
const HASH = '0'.repeat(64);

/** What an allowed request may be answered with: nothing it names is there. */
const ANSWERS = [
  undefined,
  'PIPELINE_UNKNOWN',
  'RUN_UNKNOWN',
  'SESSION_UNKNOWN',
  'ATTEMPT_UNKNOWN',
  'ATTEMPT_STALE',
  'BUNDLE_UNKNOWN',
  'BUNDLE_HASH_WRONG',
  'SCHEDULE_UNKNOWN',
  'RELEASE_UNKNOWN',
  'RELEASE_EMPTY',
  'PROMOTION_UNKNOWN',
  'SIGN_OFF_UNKNOWN',
  'FREEZE_UNKNOWN',
  'ENVIRONMENT_UNKNOWN',
  'TOKEN_UNKNOWN',
];

interface Request {
  readonly params?: Record<string, string>;
  readonly body?: unknown;
}

/** A well-formed request to each route; it may fail later (unknown ids), but not for its form. */
const REQUESTS: Record<string, Request> = {
  GetHealth: {},
  GetMetrics: {},
  GetOpenApi: {},
  OpenConsole: { body: { link: 'unknown' } },
  GetSession: {},
  CreateConsoleLink: {},
  SignOut: {},
  GetLoginOptions: {},
  StartLogin: {},
  FinishLogin: {},
  RedeemLogin: { body: { code: 'unknown', verifier: 'v'.repeat(43) } },
  GetAccess: {},
  ApplyAccess: { body: { policy: { schemaVersion: 1, bindings: [] } } },
  CheckAccess: {},
  ListTokens: {},
  IssueToken: { body: { serviceAccount: 'ci', role: 'viewer', expiresInDays: 1 } },
  RevokeToken: { params: { tokenId: ID }, body: {} },
  RevokePerson: { params: { name: 'nobody' }, body: {} },
  ListEnvironments: {},
  ApplyEnvironments: { body: { project: 'p', environments: [], isWhole: false } },
  GetConfiguration: { params: { environment: 'int' } },
  ReportConfiguration: {
    params: { sessionId: ID },
    body: { hash: '', values: [], problems: [], targets: [], channels: [] },
  },
  ListDatakits: {},
  ListNamedDatakits: { params: { sessionId: ID } },
  ReportDatakits: {
    params: { sessionId: ID },
    body: { source: 'folder', platformVersion: '1', memoryMiB: null, datakits: [] },
  },
  ListNotifications: {},
  ClaimDeliveries: { params: { sessionId: ID }, body: { limit: 1, waitMs: 0 } },
  ReportDeliveries: { body: { deliveries: [] } },
  ClaimRetention: { params: { sessionId: ID }, body: { dueAt: '2026-03-01T03:00:00.000Z' } },
  ListPipelines: {},
  ListPools: {},
  SetPool: { params: { environment: 'int', name: 'p' }, body: { slots: 1 } },
  ListSchedules: {},
  ListScheduleSlots: { params: { scheduleId: ID } },
  PauseSchedule: { params: { scheduleId: ID }, body: {} },
  ResumeSchedule: { params: { scheduleId: ID }, body: {} },
  RunScheduleNow: { params: { scheduleId: ID }, body: {} },
  CreateRelease: {
    body: {
      ...{ project: 'p', version: 'v1.0.0', changelog: 'x', gitSha: '0'.repeat(40), createdFrom: 'h' },
      ...{ pipelines: [], pools: {}, configurationHash: HASH },
    },
  },
  ListReleases: {},
  GetRelease: { params: { releaseId: HASH } },
  CompareReleases: { params: { releaseId: HASH } },
  UploadReleaseBundle: { params: { hash: HASH } },
  OpenPromotion: { body: { releaseId: HASH, environment: 'none' } },
  PlanPromotion: { body: { releaseId: HASH, environment: 'int' } },
  ListPromotions: {},
  GetPromotion: { params: { promotionId: ID } },
  ListDeployPlans: { params: { promotionId: ID } },
  SignDeployPlan: { params: { promotionId: ID }, body: { sha256: HASH, decision: 'approved' } },
  ReportDeployPlan: {
    params: { sessionId: ID },
    body: { promotionId: ID, file: null, output: '', isOutputCut: false, error: { code: 'X', message: 'x' } },
  },
  AbortPromotion: { params: { promotionId: ID }, body: { reason: 'r' } },
  RetryPromotion: { params: { promotionId: ID }, body: {} },
  RollBack: { params: { environment: 'none' }, body: { from: HASH, reason: 'r' } },
  PlanRollback: { params: { environment: 'int' } },
  GetBoard: {},
  WatchRelease: { params: { sessionId: ID }, body: { waitMs: 0 } },
  ReportRelease: { params: { sessionId: ID }, body: { releaseId: null, error: null } },
  GiveSignOff: { body: { releaseId: HASH, environment: 'int', decision: 'approved' } },
  WithdrawSignOff: { params: { signOffId: ID } },
  LiftRefusal: { params: { signOffId: ID }, body: { reason: 'r' } },
  ListSignOffs: {},
  DeclareFreeze: { body: { environment: 'none', reason: 'r' } },
  LiftFreeze: { params: { freezeId: ID }, body: {} },
  GetCalendar: { params: { environment: 'int' } },
  GetCalendarFeed: { params: { environment: 'int' } },
  GetPolicy: {},
  ReplayPolicy: { body: { policy: { schemaVersion: 1 }, days: 1 } },
  ApplyPolicy: { body: { policy: { schemaVersion: 1 } } },
  ListEvidence: {},
  TestEvidenceSource: { params: { source: 's' }, body: { environment: 'none', releaseId: HASH } },
  StartRun: { body: { pipeline: 'none', environment: 'int' } },
  ListRuns: {},
  GetRun: { params: { runId: ID } },
  FindRunByNumber: { params: { environment: 'int', number: '1' } },
  CancelRun: { params: { runId: ID }, body: {} },
  RerunRun: { params: { runId: ID }, body: { from: 'failed' } },
  GiveUpAttempt: { params: { attemptId: ID }, body: {} },
  ReadLog: { params: { attemptId: ID } },
  ListAudit: {},
  GetAuditStatus: {},
  ExportAudit: {},
  StreamEvents: {},
  OpenSession: { body: { host: 'h', bootId: 'b', version: '1', leftovers: [] } },
  RenewSession: { params: { sessionId: ID } },
  CloseSession: { params: { sessionId: ID } },
  ClaimAttempts: { params: { sessionId: ID }, body: { slots: 1, waitMs: 0 } },
  ReportStarted: { params: { sessionId: ID }, body: { attempts: [] } },
  ReturnAttempts: { params: { sessionId: ID }, body: { attempts: [] } },
  FinishAttempts: { params: { sessionId: ID }, body: { attempts: [], slots: 0 } },
  AppendLog: { params: { attemptId: ID } },
  UploadBundle: { params: { hash: HASH } },
  DownloadBundle: { params: { hash: HASH } },
  IssueBundleToken: { params: { attemptId: ID }, body: { epoch: 1 } },
  FetchBundle: { params: { hash: HASH } },
  RegisterCode: { body: { name: 'main', sourceHash: 'a', pipelines: [], error: null } },
  ReportAgentAudit: { body: { entries: [] } },
};

/** What routes want in their query. */
const QUERIES: Record<string, string> = {
  CompareReleases: `?from=${HASH}`,
  PlanRollback: `?from=${HASH}`,
  AppendLog: '?offset=0&epoch=1',
  ListSignOffs: `?releaseId=${HASH}`,
  ListEvidence: `?releaseId=${HASH}&environment=int`,
  CheckAccess: '?permission=runs:read',
};

/** What a public route may say to nobody. */
const PUBLIC_ANSWERS = [undefined, 'LINK_INVALID', 'LOGIN_NOT_OFFERED', 'LOGIN_CODE_INVALID'];

function isContract(value: unknown): value is api.RouteContract {
  return typeof value === 'object' && value !== null && 'permission' in value && 'path' in value;
}

const CONTRACTS: [string, api.RouteContract][] = Object.entries(api).flatMap(([name, value]) =>
  isContract(value) ? [[name, value]] : [],
);

const CALLERS: [string, keyof Tokens | 'attempt' | undefined, keyof typeof ROLES | undefined][] = [
  ['nobody', undefined, undefined],
  ['a viewer', 'viewer', 'viewer'],
  ['a business owner', 'business', 'business'],
  ['an engineer', 'engineer', 'engineer'],
  ['a release manager', 'releaseManager', 'release-manager'],
  ['a VP', 'vp', 'vp'],
  ['somebody on call', 'onCall', 'on-call'],
  ['an administrator', 'administrator', 'administrator'],
  ['an agent of int', 'agent', 'agent'],
  ['an agent of prod', 'prodAgent', 'agent'],
  ['an attempt of int', 'attempt', 'attempt'],
];

let t: TestServer;
let tokens: Tokens & { readonly attempt: string };
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  tokens = { ...t.tokens, attempt: await issueAttemptToken() };
});
afterAll(() => t.close());

/** Of a function that lives as long as these tests: no request here speaks for the agent that holds it. */
async function issueAttemptToken(): Promise<string> {
  const holder = t.clientOf(t.tokens.otherAgent);
  const bytes = new TextEncoder().encode('{}');
  const bundleHash = createHash('sha256').update(bytes).digest('hex');
  await holder.call(api.UploadBundle, { params: { hash: bundleHash }, bytes });
  const { datakit, argv, ...task } = buildTask('f');
  const graph = buildGraph('f', [{ ...task, kind: 'function', module: 'f.ts', export: 'default' }]);
  await holder.call(api.RegisterCode, { body: { ...buildRegistration([graph]), bundleHash } });
  await t.engineer.call(api.StartRun, { body: { pipeline: 'f', environment: 'int' } });
  const [grant] = await (await openSimulatedAgent(holder)).claim(1);
  const params = { attemptId: grant?.attemptId ?? '' };
  return (await holder.call(api.IssueBundleToken, { params, body: { epoch: grant?.epoch ?? 1 } })).token;
}

async function ask(name: string, contract: api.RouteContract, authorization?: string): Promise<Response> {
  const { params = {}, body } = REQUESTS[name] ?? {};
  const path = contract.path.replace(/:(\w+)/g, (_, key: string) => params[key] ?? '');
  const query = QUERIES[name] ?? '';
  const response = await fetch(t.server.url + path + query, {
    method: contract.method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  if (name === 'StreamEvents' && response.ok) await response.body?.cancel();
  return response;
}

const FOR_PEOPLE = ['CreateConsoleLink', 'SignOut'];

/** Whoever signs out does so with a token of their own. */
async function tokenFor(
  name: string,
  tokenName: keyof typeof tokens,
  role: keyof typeof ROLES | undefined,
): Promise<string> {
  if (name !== 'SignOut' || role === undefined || role === 'agent' || role === 'attempt') return tokens[tokenName];
  const admin = await openAdmin(t.databaseUrl);
  return admin.issueAccessToken({ name: 'leaver', role }).finally(() => admin.close());
}

test('every route of the API has its request here', () => {
  expect(CONTRACTS.map(([name]) => name).sort()).toEqual(Object.keys(REQUESTS).sort());
});

describe.each(CONTRACTS)('%s', (name, contract) => {
  test.each(CALLERS)('%s gets what the role allows', async (_, tokenName, role) => {
    const token = tokenName && (await tokenFor(name, tokenName, role));
    const response = await ask(name, contract, token && `Bearer ${token}`);
    const code = response.ok ? undefined : api.Problem.parse(await response.json()).code;
    if (contract.permission === 'public') {
      expect(PUBLIC_ANSWERS).toContain(code);
    } else if (role === undefined) {
      expect([response.status, code]).toEqual([401, 'AUTHENTICATION_REQUIRED']);
    } else if (contract.permission === 'signed-in') {
      const isAllowed = role !== 'attempt' && (!FOR_PEOPLE.includes(name) || role !== 'agent');
      expect(code).toBe(isAllowed ? undefined : 'PERMISSION_DENIED');
    } else if (roleHas(role, contract.permission)) {
      expect(ANSWERS).toContain(code);
    } else {
      expect([response.status, code]).toEqual([403, 'PERMISSION_DENIED']);
    }
  });

  test('a wrong token and another scheme are nobody', async () => {
    if (contract.permission === 'public') return;
    for (const authorization of ['Bearer towpath_agent_wrong', 'Basic dXNlcjpwYXNz', 'Bearer', '']) {
      expect((await ask(name, contract, authorization)).status).toBe(401);
    }
  });
});

test('a route without a declared permission can not be registered', () => {
  const app = fastify();
  requireDeclaredRoutes(app);
  expect(() => app.get('/open-door', async () => 'in')).toThrow(/without a permission/);
});
