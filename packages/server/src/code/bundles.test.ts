import { createHash } from 'node:crypto';
import {
  AGENT_PROTOCOL,
  ClaimAttempts,
  DownloadBundle,
  MAX_BUNDLE_BYTES,
  OpenSession,
  RegisterCode,
  StartRun,
  UploadBundle,
} from '@towpath/api';
import type { FunctionGraphTask } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());

function toBundle(text: string) {
  const bytes = new TextEncoder().encode(text);
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes };
}

const upload = ({ hash, bytes }: ReturnType<typeof toBundle>) =>
  t.agent.call(UploadBundle, { params: { hash }, bytes });
const download = async (hash: string): Promise<string> =>
  await (await t.agent.send(DownloadBundle, { params: { hash } })).text();

function buildFunction(id: string): FunctionGraphTask {
  const { datakit, argv, ...task } = buildTask(id);
  return { ...task, kind: 'function', module: 'pipelines/f.ts', export: 'default', configuration: ['A'] };
}

test('a bundle is given back byte for byte; uploading it again changes nothing', async () => {
  const bundle = toBundle('{"a.mjs":"ä\\u0000"}');
  expect(await upload(bundle)).toEqual({ sizeBytes: bundle.bytes.length });
  expect(await upload(bundle)).toEqual({ sizeBytes: bundle.bytes.length });
  expect(await download(bundle.hash)).toBe('{"a.mjs":"ä\\u0000"}');
});

test('bytes that are not those of the hash are refused, as is a hash that is none', async () => {
  const { hash } = toBundle('{}');
  await expect(upload({ hash, bytes: new TextEncoder().encode('{ }') })).rejects.toMatchObject({
    code: 'BUNDLE_HASH_WRONG',
    status: 422,
  });
  await expect(download(hash)).rejects.toMatchObject({ code: 'BUNDLE_UNKNOWN', status: 404 });
  await expect(upload({ ...toBundle('{}'), hash: '../x' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('a bundle of the largest size is taken, one byte more is not', async () => {
  const largest = toBundle('x'.repeat(MAX_BUNDLE_BYTES));
  expect(await upload(largest)).toEqual({ sizeBytes: MAX_BUNDLE_BYTES });
  await expect(upload(toBundle('x'.repeat(MAX_BUNDLE_BYTES + 1)))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
});

test('functions are registered once their bundle is there, and a grant names it for ever', async () => {
  const register = (text: string) => {
    const body = { ...buildRegistration([buildGraph('f', [buildFunction('one')])]), bundleHash: toBundle(text).hash };
    return t.agent.call(RegisterCode, { body });
  };
  await expect(register('one')).rejects.toMatchObject({ code: 'BUNDLE_UNKNOWN', status: 404 });
  for (const text of ['one', 'two']) await upload(toBundle(text));
  await register('one');
  await t.engineer.call(StartRun, { body: { pipeline: 'f', environment: 'int' } });
  await register('two');
  const host = { host: 'h', bootId: 'b', version: '1', leftovers: [] };
  const claim = async (protocol: number) => {
    const { sessionId } = await t.agent.call(OpenSession, { body: { ...host, protocol } });
    return t.agent.call(ClaimAttempts, { params: { sessionId }, body: { slots: 1, waitMs: 0 } });
  };
  expect((await claim(1)).attempts).toEqual([]);
  const [grant] = (await claim(AGENT_PROTOCOL)).attempts;
  expect(grant).toMatchObject({
    taskId: 'one',
    datakit: null,
    function: { bundle: toBundle('one').hash, module: 'pipelines/f.ts', export: 'default', configuration: ['A'] },
    logicalDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  });
});
