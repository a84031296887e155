// What differs between two recorded releases, as the API says it.
import { CompareReleases, CreateRelease, MAX_DIFFERENCES } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildGraph, buildTask } from '../testing/builders.ts';
import { buildRelease } from '../testing/released.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());

const record = async (version: string, tables: readonly string[], variables: readonly string[] = []) => {
  const tasks = tables.map((table) => buildTask(table, { argv: ['ingest-table', table] }));
  const declared = variables.map((name) => ({
    ...{ name, type: 'string', isSecret: false, isRequired: true, isProvided: false },
  }));
  const body = {
    ...buildRelease(version, version, [buildGraph('bronze', tasks)]),
    configurationHash: variables.length.toString().repeat(64),
    declaration: { variables: declared, environments: [] },
  };
  return (await t.engineer.call(CreateRelease, { body })).release.id;
};

const compare = async (from: string, releaseId: string) => {
  const { differences, leftOut } = await t.engineer.call(CompareReleases, { params: { releaseId }, query: { from } });
  const told = differences.map(({ kind, name, before, after }) => [kind, name, before !== null, after !== null]);
  return { told, leftOut };
};

test('A63 commit, pipeline, the tables it loads and variables that differ are named', async () => {
  const old = await record('v1.0.0', ['customer', 'orders']);
  const now = await record('v1.1.0', ['orders', 'suppliers'], ['REGION']);
  expect(await compare(old, now)).toEqual({
    told: [
      ['commit', 'git', true, true],
      ['pipeline', 'bronze', true, true],
      ['task', 'bronze/customer', true, false],
      ['task', 'bronze/suppliers', false, true],
      ['configuration', 'variables', true, true],
      ['variable', 'REGION', false, true],
    ],
    leftOut: 0,
  });
  expect(await compare(now, now)).toEqual({ told: [], leftOut: 0 });
});

test('more than a thousand differences are counted', async () => {
  const old = await record('v2.0.0', ['orders']);
  const many = await record(
    'v2.1.0',
    Array.from({ length: 1_200 }, (_, index) => `t${index}`),
  );
  const { told, leftOut } = await compare(old, many);
  expect(told).toHaveLength(MAX_DIFFERENCES);
  expect(leftOut).toBe(1_203 - MAX_DIFFERENCES);
});

test('a release that nobody recorded can not be compared', async () => {
  const old = await record('v3.0.0', ['orders']);
  await expect(compare('e'.repeat(64), old)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN', status: 404 });
  await expect(compare(old, 'e'.repeat(64))).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
  await expect(compare('nothing', old)).rejects.toMatchObject({ status: 400 });
});
