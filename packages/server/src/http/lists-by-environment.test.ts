// A72: limit and cursor of a list are computed over what its reader may see. Vera reads in `int` alone, Paul in `prod`; around and between each
// thing of `int` there are some of `prod`, of which neither a short page nor `next` may tell.
import {
  type Client,
  DeclareFreeze,
  IssueToken,
  ListAudit,
  ListDatakits,
  ListNotifications,
  ListPromotions,
  ListRuns,
  OpenPromotion,
  RegisterCode,
  ReportDatakits,
  StartRun,
} from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { recordRelease } from '../testing/released.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const ORDER = ['prod', 'int', 'prod', 'prod', 'int', 'prod', 'int', 'prod'] as const;
type Name = (typeof ORDER)[number];
const OWN = ORDER.filter((name) => name === 'int');

let t: TestServer;
let vera: Client;
let paul: Client;
let agents: Record<Name, SimulatedAgent>;

beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  const admin = await openAdmin(t.databaseUrl);
  vera = t.clientOf(await admin.issueAccessToken({ name: 'vera', role: 'viewer', environments: ['int'] }));
  paul = t.clientOf(await admin.issueAccessToken({ name: 'paul', role: 'viewer', environments: ['prod'] }));
  await admin.close();
  const clients = { int: t.agent, prod: t.clientOf(t.tokens.prodAgent) };
  const manager = t.clientOf(t.tokens.releaseManager);
  agents = { int: await openSimulatedAgent(clients.int), prod: await openSimulatedAgent(clients.prod) };
  for (const environment of ['int', 'prod'] as const) {
    await clients[environment].call(RegisterCode, { body: buildRegistration([buildGraph('p', [buildTask('a')])]) });
    // What is asked for waits, and gives way to what comes next.
    await manager.call(DeclareFreeze, { body: { environment, reason: 'r' } });
  }
  for (const [at, environment] of ORDER.entries()) {
    await failRun(environment);
    const { id: releaseId } = await recordRelease(t.engineer, `v1.0.${at}`);
    await manager.call(OpenPromotion, { body: { releaseId, environment } });
  }
  const token = { serviceAccount: 'quiet-robot', role: 'viewer', expiresInDays: 1 } as const;
  for (const body of [token, token]) await t.administrator.call(IssueToken, { body });
  await reportDatakits(clients);
  await waitFor(
    'the last entry to be linked',
    20_000,
    async () => (await search(t.engineer, 'quiet-robot')).length > 1,
  );
});
afterAll(() => t?.close());

async function failRun(environment: Name): Promise<void> {
  const note = environment === 'int' ? 'needle' : 'needle canary-7731';
  await t.engineer.call(StartRun, { body: { pipeline: 'p', environment, note } });
  const failure = { outcome: 'failed', exitCode: 3, reasonCode: 'EXIT_CODE', reason: 'r' } as const;
  await agents[environment].finish(await agents[environment].claim(), failure);
}

async function reportDatakits(clients: Record<Name, Client>): Promise<void> {
  const kit = (name: string, digit: string, ...versions: string[]) => {
    const digest = `sha256:${digit.repeat(64)}`;
    return { name, named: [], versions: versions.map((version) => ({ version, digest })), error: null };
  };
  const facts = { source: 'registry', platformVersion: '0.1.0', memoryMiB: null } as const;
  const report = (name: Name, datakits: ReturnType<typeof kit>[]) =>
    clients[name].call(ReportDatakits, {
      params: { sessionId: agents[name].sessionId },
      body: { ...facts, datakits },
    });
  await report('int', [kit('files', 'a', '1.1.0', '1.0.0')]);
  await report('prod', [kit('files', 'c', '1.0.0'), kit('secret-kit', 'd', '1.0.0')]);
}

const search = async (client: Client, text: string) => (await client.call(ListAudit, { query: { text } })).entries;

interface Page {
  readonly items: readonly { readonly environment: string | null }[];
  readonly next: string | null;
}

const LISTS: [string, (client: Client, query: { limit: number; after?: string }) => Promise<Page>][] = [
  ['runs', (client, query) => client.call(ListRuns, { query }).then(({ runs, next }) => ({ items: runs, next }))],
  [
    'notifications',
    async (client, query) => {
      const { notifications, next } = await client.call(ListNotifications, { query });
      return { items: notifications, next };
    },
  ],
  [
    'entries of the audit with a text',
    async (client, query) => {
      const { entries, next } = await client.call(ListAudit, { query: { ...query, text: 'needle' } });
      return { items: entries, next };
    },
  ],
  [
    'entries of the audit with an action',
    async (client, query) => {
      const { entries, next } = await client.call(ListAudit, { query: { ...query, action: 'run.started' } });
      return { items: entries, next };
    },
  ],
];

describe.each(LISTS)('%s', (_, list) => {
  async function walk(client: Client, query: { limit: number; after?: string }): Promise<(string | null)[][]> {
    const { items, next } = await list(client, query);
    const rest = next === null ? [] : await walk(client, { ...query, after: next });
    return [items.map(({ environment }) => environment), ...rest];
  }

  test.each([
    [1, [['int'], ['int'], ['int']]],
    [2, [['int', 'int'], ['int']]],
    [3, [OWN]],
    [50, [OWN]],
  ])('A72 pages of %i are full of one’s own, and the last says so', async (limit, pages) => {
    expect(await walk(vera, { limit })).toEqual(pages);
  });

  test('who may read everywhere sees all', async () => {
    const all = (await walk(t.engineer, { limit: 3 })).flat();
    // The newest notification is about a datakit of prod.
    expect(all.slice(-ORDER.length)).toEqual(ORDER.toReversed());
    expect(all.slice(0, -ORDER.length)).toEqual(all.length > ORDER.length ? ['prod'] : []);
  });
});

test('A72 promotions are counted without those of other environments', async () => {
  const list = async (client: Client, limit: number) =>
    (await client.call(ListPromotions, { query: { limit } })).promotions.map(({ environment }) => environment);
  for (const limit of [1, 2, 3, 50]) expect(await list(vera, limit)).toEqual(OWN.slice(0, limit));
  expect(await list(t.engineer, 50)).toEqual(ORDER.toReversed());
});

test.each(['canary-7731', 'quiet-robot'])('A72 a text does not tell whether %s stands elsewhere', async (text) => {
  const reply = await vera.call(ListAudit, { query: { text, limit: 1 } });
  expect(reply).toEqual(await vera.call(ListAudit, { query: { text: 'stands nowhere', limit: 1 } }));
  expect(reply).toEqual({ entries: [], next: null });
  expect((await search(t.engineer, text)).length).toBeGreaterThan(1);
});

describe('datakits', () => {
  const list = (client: Client, query: { limit?: number; name?: string }) => client.call(ListDatakits, { query });

  test('A72 are those of environments that one sees', async () => {
    expect(await list(vera, { limit: 1 })).toMatchObject({ datakits: [{ name: 'files' }], next: null });
    expect(await list(vera, { name: 'secret-kit' })).toEqual({ datakits: [], next: null });
    expect((await list(t.engineer, { limit: 1 })).next).not.toBeNull();
  });

  test('A72 are compared among these alone', async () => {
    const judge = async (client: Client) =>
      (await list(client, { name: 'files' })).datakits[0]?.environments.map(({ environment, isBehind, alerts }) => [
        environment,
        isBehind,
        alerts.map(({ code }) => code),
      ]);
    expect(await judge(paul)).toEqual([['prod', false, []]]);
    expect(await judge(t.engineer)).toEqual([
      ['int', false, []],
      ['prod', true, ['digest-differs']],
    ]);
  });
});
