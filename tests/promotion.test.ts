// A release's whole way by the command line: made from a commit, into int, red and then green for prod, in effect there, and back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetRun, ListRuns } from '@towpath/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ageDeployment } from '../packages/server/src/testing/released.ts';
import { readWholeLog } from './support/instance.ts';
import { createPromotionCommand } from './support/promotion-command.ts';
import { type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

/** What production wants by the shipped policy, but for its calendar. */
const POLICY = `schemaVersion: 1
environments:
  prod:
    promoters: [release-manager]
    soakHours: 24
    cycles: 2
    signOffs: { engineer: 1, business: 1, release-manager: 1 }
    needsRollbackPlan: true
    freeze:
      timeZone: Europe/London
      yearly: [{ name: year-end close, from: 12-20, until: 01-05 }]
      holidays: [{ country: GB, region: ENG }]
`;

let rig: PromotionRig;
beforeAll(async () => {
  rig = await startPromotionRig('markets');
  rig.commitVersion('v1.0.0');
  await rig.int.start();
  await rig.prod.start();
});
afterAll(() => rig.close());

const { towpath, waitForLine } = createPromotionCommand(() => rig);

/** Runs `daily` through the command line; returns what it printed. */
async function sayOf(environment: string): Promise<string> {
  const { code } = await towpath('erin', 'run', 'daily', '--environment', environment);
  const client = rig.clientOf('erin');
  const [run] = (await client.call(ListRuns, { query: { environment, limit: 1 } })).runs;
  const { tasks } = await client.call(GetRun, { params: { runId: run?.id ?? '' } });
  const log = await readWholeLog(client, tasks[0]?.attempts[0]?.id ?? '');
  // After the banner of the attempt.
  return `${code} ${log.trimEnd().split('\n').at(-1)}`;
}

const signOff = (version: string) =>
  Promise.all(
    (['erin', 'bo', 'rob'] as const).map((person) =>
      towpath(person, 'signoff', 'give', version, '--environment', 'prod', '--note', 'looked at it'),
    ),
  );

const promote = (version: string, ...more: readonly string[]) =>
  towpath('rita', 'promote', version, '--to', 'prod', '--rollback-plan', 'towpath rollback prod', ...more);

it('A63 a release is made of a commit, with its entry in the changelog, once', async () => {
  await expect(towpath('anna', 'release', 'create', 'v0.9.0')).rejects.toMatchObject({
    code: 'CHANGELOG_ENTRY_MISSING',
  });
  rig.project.write('pipelines/other.ts', 'export {};\n');
  await expect(towpath('anna', 'release', 'create', 'v1.0.0')).rejects.toMatchObject({
    code: 'RELEASE_UNCOMMITTED',
    reason: '?? pipelines/other.ts.',
  });
  rig.commitVersion('v1.0.0');
  expect((await towpath('anna', 'release', 'create', 'v1.0.0')).out).toMatch(
    /^v1\.0\.0 was recorded: [0-9a-f]{12}, 1 pip/,
  );
  expect((await towpath('anna', 'release', 'create', 'v1.0.0')).out).toMatch(/^v1\.0\.0 is recorded already: /);
  expect((await towpath('bo', 'release', 'list')).out).toMatch(/v1\.0\.0 +markets +[0-9a-f]{12} /);
  const { out } = await towpath('bo', 'release', 'show', 'v1.0.0');
  expect(out).toMatch(/functions +[0-9a-f]{64}\n/);
  expect(out).toContain('Says v1.0.0.');
});

it('A71 prod gets nothing that int has not run; A72 and nothing from who may not', async () => {
  const page = readFileSync(new URL('../docs/reference/promotion.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const file = join(rig.project.folder, '.towpath', 'policy.yaml');
  rig.project.write('.towpath/policy.yaml', example);
  await expect(towpath('rita', 'policy', 'apply', file)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  expect((await towpath('ada', 'policy', 'apply', file)).out).toBe('Policy 1 is in force.\n');
  rig.project.write('.towpath/policy.yaml', POLICY);
  expect((await towpath('ada', 'policy', 'apply', file)).out).toBe('Policy 2 is in force.\n');
  expect((await towpath('bo', 'policy', 'show')).out).toMatch(/prod:\n +promoters:\n +- release-manager\n/);
  const skipped = await promote('v1.0.0');
  expect([skipped.code, skipped.out]).toEqual([
    1,
    expect.stringMatching(/^v1\.0\.0 to prod: failed\.[\s\S]*ORDER_SKIPPED/),
  ]);
  await expect(towpath('erin', 'promote', 'v1.0.0', '--to', 'prod')).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  });
  await expect(towpath('bo', 'promotions', 'show', 'int')).rejects.toMatchObject({
    message: 'Nothing was ever promoted into int.',
  });
  await expect(towpath('erin', 'promote', 'v1.0.1', '--to', 'int')).rejects.toMatchObject({
    code: 'RELEASE_UNKNOWN',
    fix: 'Did you mean v1.0.0?',
  });
});

it('a promotion is done when the agent has the release, and the next run uses it', async () => {
  expect(await sayOf('int')).toBe('0 this is v1.0.0');
  expect((await towpath('erin', 'promote', 'v1.0.0', '--to', 'int')).out).toMatch(/^v1\.0\.0 to int: running\./);
  await waitForLine(/int +shared +v1\.0\.0 /, 'board');
  // What is in the folder runs nowhere any more.
  rig.commitVersion('v2.0.0');
  expect(await sayOf('int')).toBe('0 this is v1.0.0');
  await expect(towpath('erin', 'run', 'daily', '--environment', 'prod')).rejects.toMatchObject({
    code: 'PIPELINE_UNKNOWN',
  });
});

it('A64 A65 A68 A86 prod is red for each reason in turn, then green by itself', async () => {
  const planned = await towpath('rita', 'promote', 'v1.0.0', '--to', 'prod', '--at', '2026-12-24T10:00Z');
  expect(planned.out).toMatch(/rollback-plan +deny +ROLLBACK_PLAN_MISSING/);
  expect(planned.out).toMatch(/freeze +defer +CALENDAR_FROZEN +2027-01-06T00:00:00\.000Z .*year-end close/);
  const asked = await promote('v1.0.0');
  expect([asked.code, asked.out]).toEqual([0, expect.stringMatching(/^v1\.0\.0 to prod: pending\./)]);
  expect(asked.out).toMatch(/soak +defer +SOAK_RUNNING/);
  expect(asked.out).toMatch(/cycles +defer +CYCLES_MISSING .*daily: once/);
  expect(asked.out).toMatch(/sign-offs +defer +SIGN_OFFS_MISSING/);
  await ageDeployment(rig.databaseUrl, 'int', 24);
  await waitForLine(/soak +allow/, 'promotions', 'show', 'prod');
  expect(await sayOf('int')).toBe('0 this is v1.0.0');
  await waitForLine(/cycles +allow/, 'promotions', 'show', 'prod');
  const own = await towpath('rita', 'signoff', 'give', 'v1.0.0', '--environment', 'prod', '--note', 'looks good');
  expect(own.out).toMatch(/\nIt does not count: rita asked for this promotion\. Somebody else has to give it\.\n$/);
  await signOff('v1.0.0');
  await waitForLine(/prod +shared +v1\.0\.0 /, 'board');
  expect(await sayOf('prod')).toBe('0 this is v1.0.0');
});

it('A69 a freeze refuses politely; A83 a rollback passes it, and the next run uses the release before', async () => {
  await towpath('anna', 'release', 'create', 'v2.0.0');
  const diff = await towpath('bo', 'release', 'diff', 'v1.0.0', 'v2.0.0');
  expect(diff.out).toMatch(/commit +git +[0-9a-f]{40} +[0-9a-f]{40}\nbundle +functions +[0-9a-f]{12} +[0-9a-f]{12}\n/);
  await towpath('erin', 'promote', 'v2.0.0', '--to', 'int');
  await waitForLine(/int +shared +v2\.0\.0 /, 'board');
  await ageDeployment(rig.databaseUrl, 'int', 25);
  for (let cycle = 0; cycle < 2; cycle += 1) expect(await sayOf('int')).toBe('0 this is v2.0.0');
  await signOff('v2.0.0');
  const declared = await towpath('rita', 'freeze', 'declare', 'prod', '--reason', 'incident 4711');
  expect(declared.out).toContain('until it is lifted: incident 4711.');
  expect((await promote('v2.0.0')).out).toMatch(/freeze +defer +CALENDAR_FROZEN .*incident 4711/);
  const [, freezeId = ''] = /\n([0-9a-f-]{36}) /.exec((await towpath('bo', 'freeze', 'show', 'prod')).out) ?? [];
  await towpath('rita', 'freeze', 'lift', freezeId);
  await waitForLine(/prod +shared +v2\.0\.0 /, 'board');
  expect(await sayOf('prod')).toBe('0 this is v2.0.0');
  await towpath('rita', 'freeze', 'declare', 'prod', '--reason', 'stop the line');
  expect((await towpath('rita', 'rollback', 'prod', '--reason', 'says the wrong thing')).out).toMatch(
    /^prod back from v2\.0\.0 to v1\.0\.0: running\..*\nreason: says the wrong thing\n/,
  );
  await waitForLine(/prod +shared +v1\.0\.0 /, 'board');
  expect(await sayOf('prod')).toBe('0 this is v1.0.0');
  expect((await towpath('bo', 'promotions', 'list', '--environment', 'prod')).out).toMatch(
    /prod +v1\.0\.0 \(from v2\.0\.0\) +rollback +succeeded +rita +\d.*says the wrong thing/,
  );
});

it('an agent that comes back loads what its environment shall run before it claims', async () => {
  await rig.prod.kill();
  await rig.prod.start();
  expect(rig.prod.output().split('--- next life ---').at(-1)).toMatch(/release v1\.0\.0 is loaded\n[\s\S]*agent ready/);
  expect(await sayOf('prod')).toBe('0 this is v1.0.0');
});
