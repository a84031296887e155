// The inventory over the API: what agents report is kept as it was told, judged by core, and laid beside what really ran.
import {
  type Client,
  type DatakitCell,
  type Execution,
  ListDatakits,
  ListNamedDatakits,
  ListNotifications,
  RegisterCode,
  ReportDatakits,
  type ReportedDatakit,
  type ReportedVersion,
} from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { z } from 'zod';
import { migrate } from '../db/migrate.ts';
import { buildRegistration, buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterEach(() => t.close());

type Version = z.input<typeof ReportedVersion>;
type Datakit = z.input<typeof ReportedDatakit>;

const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;
const v = (version: string, digit: string, more: Partial<Version> = {}): Version => ({
  ...{ version, digest: digestOf(digit) },
  ...more,
});
const kit = (versions: Version[], more: Partial<Datakit> = {}): Datakit => ({
  ...{ name: 'kit', named: [], versions, error: null },
  ...more,
});

/** As an agent that has just opened its session; returns the session. */
async function report(
  client: Client,
  datakits: Datakit[],
  more: { readonly platformVersion?: string; readonly memoryMiB?: number } = {},
): Promise<string> {
  const { sessionId } = await openSimulatedAgent(client);
  const body = { source: 'registry', platformVersion: '0.1.0', memoryMiB: null, ...more, datakits } as const;
  await client.call(ReportDatakits, { params: { sessionId }, body });
  return sessionId;
}

const prod = () => t.clientOf(t.tokens.prodAgent);
const list = async (query: { readonly name?: string; readonly limit?: number; readonly after?: string } = {}) =>
  await t.engineer.call(ListDatakits, { query });

async function cellsOf(name = 'kit'): Promise<Readonly<Record<string, DatakitCell>>> {
  const found = (await list()).datakits.find((datakit) => datakit.name === name);
  return Object.fromEntries(found?.environments.map((cell) => [cell.environment, cell]) ?? []);
}

test('A19 versions and digests of each environment, with drift and what can not run there', async () => {
  await report(t.agent, [kit([v('1.1.0', 'b', { minimumPlatform: '0.2.0' }), v('1.0.0', 'a')])]);
  await report(prod(), [kit([v('1.0.0', 'c')], { named: ['1.0.0', '3.0.0'] })], { memoryMiB: 256 });
  const { int, prod: production } = await cellsOf();
  expect(int).toMatchObject({
    newest: { version: '1.1.0', digest: digestOf('b') },
    versions: ['1.1.0', '1.0.0'],
    observed: { agent: 'first', source: 'registry', platformVersion: '0.1.0' },
    alerts: [{ code: 'platform-too-old', text: '1.1.0 needs Towpath 0.2.0, and 0.1.0 would run it.' }],
  });
  expect(production).toMatchObject({ newest: { version: '1.0.0' }, isBehind: true, named: ['1.0.0', '3.0.0'] });
  expect(production?.alerts.map(({ code, version }) => `${code} ${version}`)).toEqual([
    'not-published 3.0.0',
    'digest-differs 1.0.0',
  ]);
});

test('A19 drift and a platform that is too old are told to people of the environment, each once', async () => {
  const reports = async () => {
    await report(t.agent, [kit([v('1.1.0', 'b', { minimumPlatform: '0.2.0' }), v('1.0.0', 'a')])]);
    await report(prod(), [kit([v('1.0.0', 'c')])], { memoryMiB: 256 });
  };
  await reports();
  await reports();
  const { notifications } = await t.engineer.call(ListNotifications, { query: {} });
  const told = notifications.map(({ environment, severity, title, text }) => [environment, severity, title, text]);
  const about = (version: string) => told.filter(([, , title]) => title?.includes(version));
  expect(about('1.1.0')).toEqual([
    [
      'int',
      'warning',
      expect.stringMatching(/^\[INT\] datakit \S+ 1\.1\.0 is not as expected$/),
      expect.stringContaining('needs Towpath 0.2.0'),
    ],
  ]);
  expect(about('1.0.0').filter(([environment]) => environment === 'prod')).toHaveLength(1);
});

test('A19 the Towpath of the agent that reports decides, and the newest report replaces the one before', async () => {
  await report(t.agent, [kit([v('1.0.0', 'a', { minimumPlatform: '0.2.0', memoryMiB: 512 })])], { memoryMiB: 256 });
  expect((await cellsOf()).int?.alerts.map(({ code }) => code)).toEqual(['platform-too-old', 'memory-too-small']);
  const other = t.clientOf(t.tokens.otherAgent);
  await report(other, [kit([v('1.0.0', 'a', { minimumPlatform: '0.2.0' })])], { platformVersion: '0.2.0' });
  expect((await cellsOf()).int).toMatchObject({ alerts: [], observed: { agent: 'second', platformVersion: '0.2.0' } });
});

test('A19 a registry that did not answer is an error, never an empty list', async () => {
  const error = { code: 'REGISTRY_UNREACHABLE', message: 'It does not answer.', cause: 'ECONNREFUSED', fix: null };
  await report(t.agent, [kit([], { error })]);
  await report(prod(), [kit([v('1.0.0', 'a')])]);
  const { int, prod: production } = await cellsOf();
  expect(int).toMatchObject({ newest: null, error, alerts: [] });
  // Nothing is concluded from it.
  expect(production).toMatchObject({ alerts: [], isBehind: false });
});

const IMAGE: Execution = {
  executor: 'docker',
  decidedBy: 'a test',
  image: { reference: 'registry.int.example/datakits/kit:1.0.0', digest: digestOf('f') },
};

test('A19 what attempts really ran stands beside what is published, and other content than that is drift', async () => {
  const runId = await startRunOf(t, [
    buildTask('one', { datakit: { name: 'kit', version: '1.0.0' } }),
    buildTask('two', { datakit: { name: 'kit', version: '1.1.0' }, dependsOn: ['one'] }),
  ]);
  await report(t.agent, [kit([v('1.1.0', 'b'), v('1.0.0', 'a')])]);
  expect((await cellsOf()).int?.lastRun).toBeNull();
  const agent = await openSimulatedAgent(t.agent);
  const [one] = await agent.claim();
  if (!one) throw new Error('nothing was granted');
  await agent.finish([one], { executedMs: 5, execution: IMAGE });
  expect((await cellsOf()).int).toMatchObject({
    lastRun: { version: '1.0.0', executor: 'docker', image: IMAGE.image, runId, taskId: 'one', state: 'succeeded' },
    alerts: [{ code: 'ran-other-content', version: '1.0.0' }],
  });
  // What never started has run nothing.
  const [two] = await agent.claim();
  if (!two) throw new Error('nothing was granted');
  const failed = { outcome: 'errored', exitCode: null, reasonCode: 'START_FAILED', reason: 'No image.' } as const;
  await agent.finish([two], { ...failed, executedMs: 5, execution: { ...IMAGE, image: null } });
  expect((await cellsOf()).int?.lastRun?.version).toBe('1.0.0');
});

test('datakits come by name, page by page, each in every environment', async () => {
  const names = ['c', 'a', 'b', 'd', 'e'];
  await report(
    t.agent,
    names.map((name) => kit([], { name })),
  );
  const first = await list({ limit: 2 });
  const second = await list({ limit: 2, after: first.next ?? '' });
  const third = await list({ limit: 2, after: second.next ?? '' });
  expect([first, second, third].map(({ datakits }) => datakits.map(({ name }) => name))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['e'],
  ]);
  expect(third.next).toBeNull();
  expect(first.datakits[0]?.environments.map(({ environment, observed }) => [environment, observed?.agent])).toEqual([
    ['int', 'first'],
    ['prod', undefined],
  ]);
  expect((await list({ name: 'c' })).datakits.map(({ name }) => name)).toEqual(['c']);
  await expect(list({ after: '' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('a report is refused from a session that has ended, and from one of another agent', async () => {
  const sessionId = await report(t.agent, []);
  const body = { source: 'folder', platformVersion: '1', memoryMiB: null, datakits: [] } as const;
  const call = (client: Client) =>
    client.call(ReportDatakits, { params: { sessionId }, body: { ...body, datakits: [] } });
  await expect(call(prod())).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  await openSimulatedAgent(t.agent);
  await expect(call(t.agent)).rejects.toMatchObject({ code: 'SESSION_ENDED' });
});

test('an agent is told which datakits the pipelines of its environment name, until they name them no more', async () => {
  const ask = async (client: Client) => {
    const { sessionId } = await openSimulatedAgent(client);
    return (await client.call(ListNamedDatakits, { params: { sessionId } })).datakits;
  };
  const tasks = ['1.1.0', '1.0.0'].map((version, at) => buildTask(`t${at}`, { datakit: { name: 'kit', version } }));
  await startRunOf(t, [...tasks, buildTask('again', { datakit: { name: 'kit', version: '1.0.0' } })], 'one');
  await startRunOf(t, [buildTask('other', { datakit: { name: 'files', version: '2.0.0' } })], 'two');
  expect(await ask(t.agent)).toEqual([
    { name: 'files', versions: ['2.0.0'] },
    { name: 'kit', versions: ['1.0.0', '1.1.0'] },
  ]);
  expect(await ask(prod())).toEqual([]);
  await t.agent.call(RegisterCode, { body: buildRegistration([], 'code-two') });
  expect((await ask(t.agent)).map(({ name }) => name)).toEqual(['kit']);
});
