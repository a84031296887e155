// Whose a target is: both kinds of store keep the same promise, and the guard lets no attempt through that it should not.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENT_KINDS, type TargetClaimant } from '@towpath/core';
import { createTestDatabase, type TestDatabase } from '@towpath/testkit';
import fc from 'fast-check';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refuseSecrets } from '../notify/notification-sink.ts';
import { INT, LOCAL, PROD, testTargetContract } from '../testing/target-contract.ts';
import type { AgentTarget } from './agent-target.ts';
import { createTarget } from './create-target.ts';
import { createTargetGuard } from './target-guard.ts';

let database: TestDatabase;
let folder: string;
let lines: string[];
beforeEach(async () => {
  database = await createTestDatabase({ template: 'empty' });
  folder = mkdtempSync(join(tmpdir(), 'towpath-targets-'));
  lines = [];
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function bronze(): AgentTarget & { readonly type: 'postgres' } {
  const url = new URL(database.url);
  return {
    name: 'bronze',
    type: 'postgres',
    host: url.searchParams.get('host') ?? url.hostname,
    port: url.port,
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password) || undefined,
  };
}
const lake = (): AgentTarget => ({ name: 'lake', type: 'folder', location: join(folder, 'zone') });

const guardOf = (claimant: TargetClaimant, now: () => number = () => 0) =>
  createTargetGuard({ claimant, claimedBy: 'test', resolveText: refuseSecrets, now, log: (line) => lines.push(line) });

describe('a target of type postgres', () => {
  testTargetContract(() => bronze());
});

describe('a target of type folder', () => {
  testTargetContract(() => lake());
});

describe('the guard', () => {
  test('asks only for targets that an attempt can reach: by a variable of that name, or by name', async () => {
    await (await createTarget(lake(), {}, refuseSecrets)).claim(PROD, 'ada');
    const guard = guardOf({ ...LOCAL, isAgainstShared: true });
    expect(await guard.check([lake()], { PATH: '/bin', LAKELAND: 'x' }, [])).toBeUndefined();
    expect(await guard.check([lake()], { LAKE_PREFIX: 'x' }, [])).toMatchObject({ code: 'TARGET_CLAIMED_BY_OTHER' });
    expect(await guard.check([lake()], {}, ['lake'])).toMatchObject({ code: 'TARGET_CLAIMED_BY_OTHER' });
  });

  test('asserts the place that the variables of the attempt name, not only the declared one', async () => {
    const other = join(folder, 'production');
    await (await createTarget({ ...lake(), location: other } as AgentTarget, {}, refuseSecrets)).claim(PROD, 'ada');
    const problem = await guardOf(LOCAL).check([lake()], { LAKE_LOCATION: other }, []);
    expect(problem).toMatchObject({ code: 'TARGET_CLAIMED_BY_OTHER' });
    const postgres = await guardOf(LOCAL).check([bronze()], { BRONZE_PORT: 'x' }, []);
    expect(postgres).toMatchObject({ code: 'TARGET_PLACE_INVALID' });
  });

  test('fails closed when a target does not answer, and asks again the next time', async () => {
    const guard = guardOf(LOCAL);
    const variables = { BRONZE_PORT: '1', BRONZE_PASSWORD: 'canary' };
    const problem = await guard.check([bronze()], variables, []);
    expect(problem).toMatchObject({ code: 'TARGET_UNREACHABLE' });
    expect(JSON.stringify(problem)).not.toContain('canary');
    expect(await guard.check([bronze()], {}, ['bronze'])).toBeUndefined();
  });

  test('A8 asks a good folder for each attempt: a link may lead elsewhere by then', async () => {
    const other = join(folder, 'production');
    await (await createTarget({ ...lake(), location: other } as AgentTarget, {}, refuseSecrets)).claim(PROD, 'ada');
    const guard = guardOf(LOCAL);
    expect(await guard.check([lake()], {}, ['lake'])).toBeUndefined();
    rmSync(join(folder, 'zone'), { recursive: true });
    symlinkSync(other, join(folder, 'zone'));
    expect(await guard.check([lake()], {}, ['lake'])).toMatchObject({ code: 'TARGET_CLAIMED_BY_OTHER' });
  });

  test('A8 asks a good database once a minute, however many attempts start', async () => {
    let at = 0;
    const guard = guardOf(LOCAL, () => at);
    const check = () => guard.check([bronze()], {}, ['bronze']);
    expect(await check()).toBeUndefined();
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(`update towpath.environment_identity set environment = 'prod', kind = 'production'`);
    await client.end();
    at = 59_999;
    expect(await check()).toBeUndefined();
    at = 60_000;
    expect(await check()).toMatchObject({ code: 'TARGET_CLAIMED_BY_OTHER' });
  });

  test('does not take a marker that it can not read for none', async () => {
    const store = await createTarget(lake(), {}, refuseSecrets);
    await store.claim(INT, 'ada');
    const path = join(folder, 'zone', '.towpath-environment.json');
    writeFileSync(path, '{"environment"');
    expect(await guardOf(LOCAL).check([lake()], {}, ['lake'])).toMatchObject({ code: 'TARGET_UNREACHABLE' });
    writeFileSync(path, '{"environment":"int","kind":"sandbox"}');
    expect(await store.readMarker()).toEqual({ environment: 'int', kind: 'production' });
  });

  test('needs no right to write where the marker is set', async () => {
    await (await createTarget(bronze(), {}, refuseSecrets)).claim(INT, 'ada');
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query(`select environment, kind, claimed_by from towpath.environment_identity`);
    await client.end();
    expect(rows).toEqual([{ ...INT, claimed_by: 'ada' }]);
  });

  test('for any marker, claimant and flag, lets an attempt through only to its own target, an unclaimed local one, or a shared one by flag', async () => {
    const names = fc.constantFrom('local', 'int', 'prod');
    const kinds = fc.constantFrom(...ENVIRONMENT_KINDS);
    const marker = fc.option(fc.record({ environment: names, kind: kinds }), { nil: undefined });
    const claimant = fc.record({ environment: names, kind: kinds, isAgainstShared: fc.boolean() });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(marker, claimant, async (standing, who) => {
        run += 1;
        const target: AgentTarget = { name: 'lake', type: 'folder', location: join(folder, `z${run}`) };
        const store = await createTarget(target, {}, refuseSecrets);
        if (standing) await store.claim(standing, 'x');
        const isLetThrough = (await guardOf(who).check([target], {}, ['lake'])) === undefined;
        const isOwn = standing?.environment === who.environment && standing.kind === who.kind;
        const isClaimed = standing === undefined && who.kind === 'local';
        const isBorrowed = standing?.kind === 'shared' && who.kind === 'local' && who.isAgainstShared;
        expect(isLetThrough).toBe(isOwn || isClaimed || isBorrowed);
      }),
      { numRuns: 100 },
    );
  });
});
