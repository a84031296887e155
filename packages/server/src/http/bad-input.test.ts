// Whatever is sent: a clear error with a code, never a 500, and bounded memory.
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import * as api from '@towpath/api';
import { ROLES } from '@towpath/core';
import { createTestDatabase, type SpawnedProcess, spawnProcess } from '@towpath/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { listContracts } from '../openapi/create-openapi-document.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { buildRelease } from '../testing/released.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());

interface Sent {
  readonly method?: string;
  readonly token?: string;
  readonly type?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

async function send(
  path: string,
  { method = 'POST', token = t.tokens.engineer, type = 'application/json', body }: Sent = {},
) {
  const response = await fetch(t.server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': type }) },
    body: body ?? null,
  });
  const text = await response.text();
  const problem = response.ok ? undefined : api.Problem.parse(JSON.parse(text));
  return { status: response.status, code: problem?.code, title: problem?.title ?? '', detail: problem?.detail ?? '' };
}

const register = (registration: unknown) =>
  send('/api/agent/code-locations', { token: t.tokens.agent, body: JSON.stringify(registration) });
const registerTasks = (tasks: readonly unknown[], pipeline: unknown = 'bad') =>
  register({
    ...buildRegistration([], 'bad'),
    pipelines: [{ sourceFile: 'bad.ts', graph: { schemaVersion: 1, pipeline, description: '', tasks } }],
  });
const start = (body: object) =>
  send('/api/runs', { body: JSON.stringify({ pipeline: 'good', environment: 'int', ...body }) });

const HOSTILE_NAMES = [
  '../../etc/passwd',
  "x'; drop table runs; --",
  '__proto__',
  '',
  ' ',
  'a b',
  'a\nb',
  '\u202egnp.exe',
  'é',
  '.hidden',
  '-rf',
  'a/b',
  '%00',
  '\u0000',
  '\ud800',
  'x'.repeat(64),
  'x'.repeat(100_000),
];

describe('a graph', () => {
  const chain = (count: number) =>
    Array.from({ length: count }, (_, i) => buildTask(`t${i}`, { dependsOn: [`t${(i + 1) % count}`] }));

  test.each<[string, readonly unknown[], string, string]>([
    ['cyclic', chain(3), 'GRAPH_INVALID', 'GRAPH_CYCLIC: t0, t1, t2'],
    ['cyclic and large', chain(5000), 'GRAPH_INVALID', 'GRAPH_CYCLIC'],
    ['with a task that waits for itself', [buildTask('a', { dependsOn: ['a'] })], 'GRAPH_INVALID', 'GRAPH_CYCLIC: a'],
    ['without tasks', [], 'GRAPH_INVALID', 'GRAPH_EMPTY'],
    [
      'too large',
      Array.from({ length: 10_001 }, (_, i) => buildTask(`t${i}`)),
      'GRAPH_INVALID',
      '10001 tasks; the limit is 10000',
    ],
    ['with a name twice', [buildTask('a'), buildTask('a')], 'GRAPH_INVALID', 'TASK_ID_DUPLICATE: a'],
    ['with an unknown upstream', [buildTask('a', { dependsOn: ['b'] })], 'GRAPH_INVALID', 'TASK_DEPENDENCY_UNKNOWN: b'],
    ['with an unknown pool', [buildTask('a', { pool: 'none' })], 'GRAPH_INVALID', 'POOL_UNKNOWN: none'],
    ['with an unknown field', [{ ...buildTask('a'), sudo: true }], 'REQUEST_INVALID', 'sudo'],
    ['with a field of another type', [{ ...buildTask('a'), argv: 'rm -rf /' }], 'REQUEST_INVALID', 'argv'],
    ['of an unknown kind', [{ ...buildTask('a'), kind: 'shell' }], 'REQUEST_INVALID', 'kind'],
    ['of null', [null], 'REQUEST_INVALID', 'tasks.0'],
  ])('%s is refused by name', async (_, tasks, code, detail) => {
    const answer = await registerTasks(tasks);
    expect([answer.status < 500, answer.code]).toEqual([true, code]);
    expect(answer.detail).toContain(detail);
    expect(answer.detail.length).toBeLessThan(20_000);
  });

  test('with a hostile name is refused, whichever name it is', async () => {
    for (const name of HOSTILE_NAMES) {
      for (const answer of [await registerTasks([buildTask('a')], name), await registerTasks([buildTask(name)])])
        expect([
          name.slice(0, 20),
          answer.status < 500,
          ['GRAPH_INVALID', 'REQUEST_INVALID'].includes(answer.code ?? ''),
        ]).toEqual([name.slice(0, 20), true, true]);
    }
  });
});

describe('a name that is asked for', () => {
  test('is unknown or invalid, never a failure', async () => {
    for (const name of HOSTILE_NAMES) {
      // Longer addresses are refused before they are read; a test of their own says how.
      const encoded = encodeURIComponent(name.toWellFormed().slice(0, 1000));
      const answers = [
        await start({ pipeline: name }),
        await start({ environment: name }),
        await send(`/api/environments/int/pools/${encoded}`, { method: 'PUT', body: '{"slots":1}' }),
        await send(`/api/environments/${encoded}/pools/p`, { method: 'PUT', body: '{"slots":1}' }),
        await send(`/api/environments/${encoded}/runs/1`, { method: 'GET' }),
        await send(`/api/runs/${encoded}`, { method: 'GET' }),
        await send(`/api/audit?actor=${encoded}`, { method: 'GET' }),
      ];
      // `__proto__` and the like are good names of a pool; what matters is that nothing breaks.
      expect([name.slice(0, 20), answers.filter(({ status }) => status >= 500)]).toEqual([name.slice(0, 20), []]);
    }
  });
});

describe('a run', () => {
  beforeAll(async () => {
    const parameters = {
      text: { type: 'string', default: '' },
      list: { type: 'array', items: { type: 'string' }, default: [] },
    } as const;
    const graph = { ...buildGraph('good', [buildTask('a')]), parameters };
    await t.agent.call(api.RegisterCode, { body: buildRegistration([graph], 'good') });
  });

  test.each<[string, object, number, string]>([
    ['an unknown parameter', { parameters: { odd: 1 } }, 400, 'PARAMETERS_INVALID'],
    ['a parameter named like a prototype', { parameters: JSON.parse('{"__proto__":"x"}') }, 400, 'REQUEST_INVALID'],
    ['a parameter named like a method', { parameters: { constructor: 'x' } }, 400, 'PARAMETERS_INVALID'],
    ['a parameter of another type', { parameters: { text: 5 } }, 400, 'PARAMETERS_INVALID'],
    ['an object as a parameter', { parameters: { text: { a: 1 } } }, 400, 'REQUEST_INVALID'],
    ['a NUL in a parameter', { parameters: { text: 'a\0' } }, 400, 'PARAMETERS_INVALID'],
    ['half a surrogate in a parameter', { parameters: { text: '\ud800' } }, 400, 'PARAMETERS_INVALID'],
    [
      'parameters beyond their limit',
      { parameters: { list: Array.from({ length: 100 }, () => 'x'.repeat(1000)) } },
      400,
      'PARAMETERS_INVALID',
    ],
    ['a text beyond its limit', { parameters: { text: 'x'.repeat(40_000) } }, 400, 'REQUEST_INVALID'],
    ['ten megabytes of parameters', { parameters: { text: 'x'.repeat(10_000_000) } }, 413, 'BODY_TOO_LARGE'],
    ['a note beyond its limit', { note: 'x'.repeat(501) }, 400, 'REQUEST_INVALID'],
    ['a NUL in its note', { note: 'a\0b' }, 400, 'REQUEST_INVALID'],
    ['half a surrogate in its note', { note: 'a\ud800b' }, 400, 'REQUEST_INVALID'],
    ['a note that is a list', { note: ['x'] }, 400, 'REQUEST_INVALID'],
    ['a field nobody knows', { admin: true }, 400, 'REQUEST_INVALID'],
  ])('with %s is refused', async (_, body, status, code) => {
    expect(await start(body)).toMatchObject({ status, code });
  });

  test.each<[string, unknown]>([
    ['-1', -1],
    ['1.5', 1.5],
    ['100001', 100_001],
    ['a text', 'many'],
    ['a list', [1]],
  ])('a pool can not have %s slots', async (_, slots) => {
    const path = '/api/environments/int/pools/sql';
    expect(await send(path, { method: 'PUT', body: JSON.stringify({ slots }) })).toMatchObject({
      status: 400,
      code: 'REQUEST_INVALID',
    });
  });
});

describe('a body', () => {
  test('nested a hundred thousand levels deep is refused on every route that takes JSON', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const deepObject = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    for (const [name, contract] of listContracts().filter(([, { body }]) => body !== undefined)) {
      for (const text of [deep, deepObject, `{"pipeline":"good","environment":"int","parameters":${deepObject}}`]) {
        const answer = await ask(contract, {}, text);
        expect([name, [400, 404, 413].includes(answer.status), answer.code]).toEqual([name, true, expect.any(String)]);
      }
    }
  });

  test.each([
    'application/xml',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/json-patch+json',
    'garbage',
    'application/octet-stream',
  ])('of the type %s is refused', async (type) => {
    const answer = await send('/api/runs', { type, body: '{"pipeline":"good","environment":"int"}' });
    expect([answer.status, answer.code]).toEqual([
      expect.toSatisfy((status: number) => status === 415 || status === 400),
      expect.stringMatching(/MEDIA_TYPE_UNSUPPORTED|REQUEST_INVALID/),
    ]);
  });

  test('of JSON is no log', async () => {
    const path = '/api/agent/attempts/01890000-0000-7000-8000-000000000000/log?offset=0&epoch=1';
    const answer = await send(path, { method: 'PUT', token: t.tokens.agent, body: '{}' });
    expect(answer).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  });
});

describe('headers', () => {
  interface Answer {
    readonly status: number;
    readonly text: string;
  }

  /** Null: the server closed the connection while it was still written to. */
  function ask(path: string, headers: Record<string, string>): Promise<Answer | null> {
    return new Promise((resolve) => {
      const request = httpRequest({ host: '127.0.0.1', port: t.server.port, path, headers }, async (response) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
      request.on('error', () => resolve(null));
      request.end();
    });
  }

  test('beyond 16 KiB, and addresses, are refused with a problem document', async () => {
    for (const answer of [
      await ask('/health', { 'x-large': 'x'.repeat(20_000) }),
      await ask(`/${'x'.repeat(20_000)}`, {}),
    ]) {
      expect(answer?.status).toBe(431);
      expect(api.Problem.parse(JSON.parse(answer?.text ?? ''))).toMatchObject({
        code: 'HEADERS_TOO_LARGE',
        status: 431,
      });
    }
    for (const size of [100_000, 5_000_000])
      expect([431, undefined]).toContain((await ask('/health', { 'x-large': 'x'.repeat(size) }))?.status);
    expect((await ask('/health', { authorization: `Bearer ${'x'.repeat(10_000)}` }))?.status).toBe(200);
  });
});

const ID = '01890000-0000-7000-8000-000000000000';

/** Sends a text as the body of a route, with whoever may ask it. */
async function ask(
  contract: api.RouteContract,
  params: Readonly<Record<string, string>>,
  body?: string | Uint8Array<ArrayBuffer>,
) {
  const isAgents = ROLES.agent.some((permission) => permission === contract.permission);
  const path = contract.path.replace(/:(\w+)/g, (_, key: string) => params[key] ?? ID);
  return send(path, {
    method: contract.method,
    token: isAgents ? t.tokens.agent : t.tokens.administrator,
    ...(body !== undefined && { body }),
  });
}

/** Of no release. */
const HASH = 'a'.repeat(64);

describe('random mutations of good requests', () => {
  const attempts = [{ attemptId: ID, epoch: 1 }];
  const report = {
    outcome: 'failed',
    exitCode: 1,
    reasonCode: 'EXIT_CODE',
    reason: 'x',
    result: { a: [1] },
    logLengthBytes: 0,
  };
  const tasks = [
    buildTask('a', { environmentVariables: { A: 'b' } }),
    buildTask('b', { dependsOn: ['a'], inputs: ['a'] }),
  ];
  const place = { file: 'towpath.yaml', line: 1, column: 2 };
  const configured = { name: 'A', text: 'x', mask: null, source: 'project', place, type: 'string', rules: ['x'] };
  const channel = { sink: 'chat', channel: 'c'.repeat(64), isShared: false };
  const secretRead = {
    ...{ kind: 'secret', id: ID, at: '2026-03-01T06:00:00.000Z', secret: 's', field: 'f', provider: 'file' },
    ...{ attemptId: ID, purpose: 'attempt', source: 'provider', outcome: 'read', code: null },
  };
  const datakit = {
    ...{ name: 'kit', named: ['1.0.0'], isCut: false, error: null },
    versions: [{ version: '1.0.0', digest: null, label: null, minimumPlatform: null, memoryMiB: 64, revision: null }],
  };
  const declaration = {
    variables: [{ name: 'A', type: 'string', isSecret: false, isRequired: true, isProvided: false }],
    environments: [
      {
        ...{ name: 'int', kind: 'shared', executor: 'process', targets: { lake: 'folder' }, zones: ['gold'] },
        ...{ set: ['A'], before: null, differences: ['executor'], areValuesCompared: true },
      },
    ],
  };
  const promotion = { releaseId: HASH, environment: 'int' };
  const later = '2030-01-01T00:00:00Z';
  const mutatedPolicy = {
    schemaVersion: 1,
    kinds: {
      production: {
        ...{ soakHours: 1, signOffs: { business: 1 }, emergency: { skips: ['soak'], approvals: { vp: 1 } } },
        windows: [{ days: ['mon'], from: '09:00', until: '16:00', timeZone: 'Europe/London' }],
        ...{ quarantine: { method: 'median', mustTell: ['daily'] }, needsRehearsal: true },
        parity: { mustBeRecorded: true, except: ['variables.X'] },
      },
    },
    environments: {
      prod: { freeze: { timeZone: 'Europe/London', filingDates: [{ on: '2030-06-10', name: 'x' }] } },
    },
  };
  const GOOD: Record<string, unknown> = {
    OpenConsole: { link: 'unknown' },
    SetPool: { slots: 3 },
    ApplyEnvironments: {
      project: 'p',
      environments: [{ name: 'mutated', kind: 'shared', owns: { hosts: ['*.x'] }, sizing: { cpu: 1 } }],
      isWhole: false,
      kindChanges: ['mutated'],
      why: 'x',
    },
    ReportConfiguration: { hash: 'h', values: [configured], problems: [], targets: [], channels: [channel] },
    ReportAgentAudit: { entries: [secretRead] },
    ClaimDeliveries: { limit: 1, waitMs: 0 },
    ClaimRetention: { dueAt: '2026-03-01T03:00:00.000Z' },
    ReportDeliveries: {
      deliveries: [{ id: ID, tries: 1, outcome: 'failed', error: 'HTTP_500', retryAfterSeconds: 3 }],
    },
    StartRun: { pipeline: 'good', environment: 'int', parameters: { text: 'x', list: ['y'] }, note: 'a note' },
    CancelRun: { reason: 'x' },
    RerunRun: { from: 'tasks', tasks: ['a'], note: 'x' },
    GiveUpAttempt: {},
    IssueBundleToken: { epoch: 1 },
    PauseSchedule: { note: 'x' },
    ResumeSchedule: {},
    RunScheduleNow: { note: 'x' },
    OpenSession: {
      host: 'h',
      bootId: 'b',
      version: '1',
      protocol: 2,
      instanceId: ID,
      leftovers: [{ ...attempts[0], specHash: 'x' }],
    },
    ClaimAttempts: { slots: 1, waitMs: 0 },
    ReportStarted: { attempts },
    ReturnAttempts: { attempts },
    FinishAttempts: { attempts: [{ ...attempts[0], ...report }], slots: 1 },
    ReportDatakits: { source: 'registry', platformVersion: '1', memoryMiB: 64, datakits: [datakit] },
    CreateRelease: { ...buildRelease('v9.0.0', 'mutated'), project: 'mutated', declaration },
    OpenPromotion: {
      ...promotion,
      ...{ rollbackPlan: 'x', changeRecord: 'CHG1', notBefore: later, note: 'x', emergency: { reason: 'x' } },
    },
    RetryPromotion: {},
    ReplayPolicy: { policy: mutatedPolicy, days: 90 },
    PlanPromotion: { ...promotion, changeRecord: 'CHG1', at: later, emergency: { reason: 'x' } },
    AbortPromotion: { reason: 'x' },
    RollBack: { from: HASH, to: HASH, reason: 'x' },
    WatchRelease: { waitMs: 0 },
    ReportRelease: { releaseId: HASH, error: { code: 'X', message: 'x' } },
    SignDeployPlan: { sha256: HASH, decision: 'refused', note: 'x' },
    ReportDeployPlan: {
      ...{ promotionId: ID, file: { sha256: HASH, sizeBytes: 1 }, output: 'x', isOutputCut: false },
      error: { code: 'X', message: 'x' },
    },
    GiveSignOff: { ...promotion, decision: 'approved', note: 'x' },
    LiftRefusal: { reason: 'x' },
    DeclareFreeze: { environment: 'int', reason: 'x', startsAt: later, endsAt: '2031-01-01T00:00:00Z' },
    LiftFreeze: { why: 'x' },
    ApplyPolicy: {
      policy: mutatedPolicy,
      note: 'x',
    },
    ApplyAccess: {
      policy: {
        schemaVersion: 1,
        bindings: [
          { group: 'x', role: 'viewer', environments: ['int'] },
          { serviceAccount: 'x', role: 'engineer' },
        ],
      },
      note: 'x',
    },
    IssueToken: { serviceAccount: 'x', role: 'viewer', environments: ['int'], expiresInDays: 1, note: 'x' },
    RevokeToken: { reason: 'x' },
    RevokePerson: { reason: 'x' },
    RedeemLogin: { code: 'x', verifier: 'x'.repeat(43) },
    TestEvidenceSource: { ...promotion, changeRecord: 'CHG1' },
    RegisterCode: { ...buildRegistration([buildGraph('mutated', tasks)], 'mutated'), pools: { sql: 2 } },
  };
  const contracts = listContracts().filter(([, { body }]) => body !== undefined);

  test('every route that takes JSON has a good request here', () => {
    expect(Object.keys(GOOD).sort()).toEqual(contracts.map(([name]) => name).sort());
  });

  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>('', '\0', '\ud800', -0, 1e308, -1, 2 ** 53, '__proto__', [], {}, null, 'x'.repeat(70_000)),
    fc.string({ unit: 'binary' }),
  );
  const mutation = fc.record({
    seed: fc.nat(),
    kind: fc.constantFrom('replace', 'remove', 'add', 'bytes'),
    value,
    key: fc.oneof(fc.string(), fc.constant('__proto__')),
  });

  test.each(contracts)('of %s never give a server error', async (name, contract) => {
    const { sessionId } = await openSimulatedAgent(t.agent);
    const isSessions = contract.path.includes('/sessions/');
    const params = { environment: 'int', name: 'p', source: 's', ...(isSessions && { sessionId }) };
    // Mutations of what is refused at once would try nothing but the schema.
    const good = await ask(contract, params, JSON.stringify(GOOD[name]));
    expect([good.code, good.detail]).not.toEqual(['REQUEST_INVALID', good.detail]);
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const body = mutations.reduce(mutate, JSON.stringify(GOOD[name]));
        // Mutated waits are real ones; the shape of the request is what is tried here.
        const answer = await ask(contract, params, body.replace(/"waitMs":\d+/, '"waitMs":0'));
        expect(answer.status, `${answer.code}: ${answer.title}`).toBeLessThan(500);
      }),
      { numRuns: 40 },
    );
  });

  test('of addresses never give a server error', async () => {
    const reads = listContracts().filter(
      ([name, { method }]) => method === 'GET' && !['StreamEvents', 'ReadLog'].includes(name),
    );
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...HOSTILE_NAMES.slice(0, 15)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...reads), text, text, fc.string(), async ([, contract], part, given, odd) => {
        const path = contract.path.replace(/:(\w+)/g, () => encodeURIComponent(part.toWellFormed()) || 'x');
        const names = ['limit', 'after', 'environment', 'state', 'since', 'pipeline', 'offset', odd.toWellFormed()];
        const query = new URLSearchParams(names.map((name): [string, string] => [name, given]));
        const answer = await send(`${path}?${query}`.slice(0, 8000), { method: 'GET' }).catch(
          (thrown: unknown) => thrown,
        );
        // What fetch itself refuses to send never arrives.
        if (answer instanceof TypeError) return;
        expect(answer).toMatchObject({ status: expect.toSatisfy((status: number) => status < 500) });
      }),
      { numRuns: 200 },
    );
  });
});

interface Mutation {
  readonly seed: number;
  readonly kind: string;
  readonly value: unknown;
  readonly key: string;
}

/** Changes one place of a JSON text, or one byte of it. */
function mutate(text: string, { seed, kind, value, key }: Mutation): string {
  const position = seed % Math.max(text.length, 1);
  if (kind === 'bytes') return text.slice(0, position) + key + text.slice(position + 1);
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return text;
  }
  const places = listPlaces(root);
  const place = places[seed % Math.max(places.length, 1)];
  if (!place) return JSON.stringify(value) ?? '';
  if (kind === 'remove') delete place.holder[place.key];
  // A list has a key of its own that can't be defined anew: its length.
  else if (kind === 'add' && Array.isArray(place.holder)) place.holder.push(value);
  else if (kind === 'add')
    Object.defineProperty(place.holder, key, { value, enumerable: true, configurable: true, writable: true });
  else place.holder[place.key] = value;
  return JSON.stringify(root);
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function listPlaces(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  // Lists have text keys as well, which is all that is used here.
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...listPlaces(holder[key])]);
}

describe.skipIf(process.platform !== 'linux')('the memory of a server', () => {
  let victim: SpawnedProcess;
  let url: string;
  beforeAll(async () => {
    const program = new URL('../testing/server-main.ts', import.meta.url).pathname;
    victim = await spawnProcess({ command: process.execPath, args: [program, t.databaseUrl] });
    url = (await victim.waitForOutput(/listens on (\S+)\n/))[1] ?? '';
  });
  afterAll(() => victim.destroy());

  /** The most it ever had, in MiB. */
  const readPeakMiB = () =>
    Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${victim.pid}/status`, 'utf8'))?.[1]) / 1024;

  const TEN_MIB = 10 * 1024 * 1024;
  const PIECE = Buffer.alloc(64 * 1024, 'a');

  /**
   * Sends ten megabytes, or as many of them as the server takes before it answers; resolves with the status. It may hang up while
   * some are on their way, and then its answer is lost: 0.
   */
  function sendLarge(headers: Record<string, string>): Promise<number> {
    return new Promise((resolve) => {
      const target = new URL('/api/runs', url);
      const request = httpRequest(target, {
        method: 'POST',
        headers: { authorization: `Bearer ${t.tokens.engineer}`, 'content-type': 'application/json', ...headers },
      });
      let left = TEN_MIB;
      const sendNext = (): void => {
        if (left <= 0) request.end();
        else request.write(PIECE, sendNext);
        left -= PIECE.length;
      };
      request.on('response', (response) => {
        left = 0;
        response.resume();
        response.once('end', () => request.destroy());
        resolve(response.statusCode ?? 0);
      });
      request.on('error', () => resolve(0));
      sendNext();
    });
  }

  test('stays bounded while two hundred bodies of ten megabytes are refused, with their length or without', async () => {
    await sendLarge({ 'content-length': String(TEN_MIB) });
    const before = readPeakMiB();
    const statuses: Record<'chunked' | 'announced', number[]> = { chunked: [], announced: [] };
    for (let round = 0; round < 10; round += 1) {
      const chunked = Array.from({ length: 10 }, () => sendLarge({ 'transfer-encoding': 'chunked' }));
      const announced = Array.from({ length: 10 }, () => sendLarge({ 'content-length': String(TEN_MIB) }));
      statuses.chunked.push(...(await Promise.all(chunked)));
      statuses.announced.push(...(await Promise.all(announced)));
    }
    for (const given of Object.values(statuses)) {
      expect(given.filter((status) => status !== 413 && status !== 0)).toEqual([]);
      // How many answers are lost because the server hangs up is up to the kernel; that it does answer is not.
      expect(given.filter((status) => status === 413).length).toBeGreaterThan(10);
    }
    // All of them would be 2,000 MiB; a round of twenty, read whole, 200 MiB.
    expect(readPeakMiB() - before).toBeLessThan(150);
  });

  test('and its time stay bounded with a run of 5,000 tasks, from its graph to its end', async () => {
    const there = { ...t.server, url };
    const agent = t.clientOf(t.tokens.prodAgent, there);
    const engineer = t.clientOf(t.tokens.engineer, there);
    const middle = Array.from({ length: 4998 }, (_, i) => buildTask(`m${i}`, { dependsOn: ['first'] }));
    const last = buildTask('last', { dependsOn: middle.map(({ id }) => id) });
    const body = buildRegistration([buildGraph('large', [buildTask('first'), ...middle, last])]);
    const before = readPeakMiB();
    await agent.call(api.RegisterCode, { body });
    const run = await engineer.call(api.StartRun, { body: { pipeline: 'large', environment: 'prod' } });
    const worker = await openSimulatedAgent(agent);
    for (let grants = await worker.claim(1000); grants.length > 0; grants = await worker.claim(1000))
      await worker.finish(grants);
    const startedAt = performance.now();
    const detail = await engineer.call(api.GetRun, { params: { runId: run.id } });
    // Some 100 ms on an idle machine; two cores that others use as well take many times that.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(detail).toMatchObject({ state: 'succeeded', taskCounts: { succeeded: 5000 } });
    for (let i = 0; i < 5; i += 1) await engineer.call(api.GetRun, { params: { runId: run.id } });
    expect(readPeakMiB() - before).toBeLessThan(400);
  }, 120_000);
});
