// The token by which an attempt fetches its bundle: for that attempt, that bundle, and no longer than it lives.
import { createHash } from 'node:crypto';
import { type AttemptGrant, FetchBundle, IssueBundleToken, RegisterCode, StartRun, UploadBundle } from '@towpath/api';
import type { FunctionGraphTask } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const NOBODY = { status: 401, code: 'AUTHENTICATION_REQUIRED' };
const UNKNOWN = { status: 404, code: 'BUNDLE_UNKNOWN' };
const STALE = { status: 409, code: 'ATTEMPT_STALE' };

let t: TestServer;
let agent: SimulatedAgent;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());
beforeEach(async () => {
  agent = await openSimulatedAgent(t.agent);
});

function buildFunction(id: string): FunctionGraphTask {
  const { datakit, argv, ...task } = buildTask(id);
  return { ...task, kind: 'function', module: 'pipelines/f.ts', export: 'default' };
}

async function upload(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hash = createHash('sha256').update(bytes).digest('hex');
  await t.agent.call(UploadBundle, { params: { hash }, bytes });
  return hash;
}

/** The grant of a new run whose code is this bundle. */
async function grant(bundle: string): Promise<AttemptGrant> {
  const bundleHash = await upload(bundle);
  const body = { ...buildRegistration([buildGraph('f', [buildFunction('one')])]), bundleHash };
  await t.agent.call(RegisterCode, { body });
  await t.engineer.call(StartRun, { body: { pipeline: 'f', environment: 'int' } });
  const [granted] = await agent.claim(1);
  if (granted === undefined) throw new Error('nothing was granted');
  return granted;
}

const issue = async ({ attemptId, epoch }: Pick<AttemptGrant, 'attemptId' | 'epoch'>, client = t.agent) =>
  (await client.call(IssueBundleToken, { params: { attemptId }, body: { epoch } })).token;

const fetchBundle = async (token: string, hash = '') =>
  await (await t.clientOf(token).send(FetchBundle, { params: { hash } })).text();

describe('the token of an attempt', () => {
  test('fetches the bundle of its run byte for byte, and no other one', async () => {
    const other = await upload('another');
    const granted = await grant('{"a.mjs":"ä\\u0000"}');
    const token = await issue(granted);
    expect(await fetchBundle(token, granted.function?.bundle)).toBe('{"a.mjs":"ä\\u0000"}');
    await expect(fetchBundle(token, other)).rejects.toMatchObject(UNKNOWN);
    await expect(fetchBundle(token, '0'.repeat(64))).rejects.toMatchObject(UNKNOWN);
    await agent.finish([granted]);
  });

  test('is worth nothing once the attempt has ended, or another was issued', async () => {
    const granted = await grant('ends');
    const hash = granted.function?.bundle;
    const [first, second] = [await issue(granted), await issue(granted)];
    await expect(fetchBundle(first, hash)).rejects.toMatchObject(NOBODY);
    expect(await fetchBundle(second, hash)).toBe('ends');
    await agent.finish([granted]);
    await expect(fetchBundle(second, hash)).rejects.toMatchObject(NOBODY);
    await expect(issue(granted)).rejects.toMatchObject(STALE);
  });

  test('outlives a new session that adopts the attempt, which can replace it under the new epoch alone', async () => {
    const granted = await grant('adopted');
    const hash = granted.function?.bundle;
    const token = await issue(granted);
    agent = await openSimulatedAgent(t.agent, { leftovers: [granted] });
    expect(await fetchBundle(token, hash)).toBe('adopted');
    const [adopted] = agent.adopted;
    if (adopted === undefined) throw new Error('nothing was adopted');
    await expect(issue(granted)).rejects.toMatchObject(STALE);
    const renewed = await issue(adopted);
    await expect(fetchBundle(token, hash)).rejects.toMatchObject(NOBODY);
    expect(await fetchBundle(renewed, hash)).toBe('adopted');
    await agent.finish([adopted]);
  });

  test('is issued to the agent that holds the attempt, and to no other', async () => {
    const granted = await grant('held');
    for (const token of [t.tokens.otherAgent, t.tokens.prodAgent])
      await expect(issue(granted, t.clientOf(token))).rejects.toMatchObject(STALE);
    await expect(issue({ ...granted, epoch: granted.epoch + 1 })).rejects.toMatchObject(STALE);
    await agent.finish([granted]);
  });

  test('is kept as a hash', async () => {
    const granted = await grant('hashed');
    const token = await issue(granted);
    const { rows } = await withConnection(t.databaseUrl, (client) =>
      client.query('select bundle_token_hash from attempts where id = $1', [granted.attemptId]),
    );
    expect(rows).toEqual([{ bundle_token_hash: createHash('sha256').update(token).digest() }]);
    await agent.finish([granted]);
  });

  test('fetches it as often as it likes, and all at once', async () => {
    const granted = await grant('x'.repeat(4 << 20));
    const token = await issue(granted);
    const all = await Promise.all(Array.from({ length: 8 }, () => fetchBundle(token, granted.function?.bundle)));
    expect(new Set(all)).toEqual(new Set(['x'.repeat(4 << 20)]));
    await agent.finish([granted]);
  });

  test('that has its form but was issued to nobody is nobody', async () => {
    await expect(fetchBundle(`towpath_attempt_${'x'.repeat(43)}`, '0'.repeat(64))).rejects.toMatchObject(NOBODY);
  });
});
