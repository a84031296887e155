// What every kind of target promises: one owner, set once, whom all are told; and nobody else gets through.
import type { TargetClaimant, TargetMarker } from '@towpath/core';
import { beforeEach, expect, test } from 'vitest';
import { refuseSecrets } from '../notify/notification-sink.ts';
import type { AgentTarget } from '../targets/agent-target.ts';
import { createTarget } from '../targets/create-target.ts';
import { createTargetGuard, type TargetGuard } from '../targets/target-guard.ts';
import type { TargetStore } from '../targets/target-store.ts';

export const LOCAL: TargetClaimant = { environment: 'local', kind: 'local', isAgainstShared: false };
export const INT: TargetMarker = { environment: 'int', kind: 'shared' };
export const PROD: TargetMarker = { environment: 'prod', kind: 'production' };

/** Runs the contract on a place of its own for each test; one that can't be had skips it. */
export function testTargetContract(
  declare: (context: { skip(note?: string): never }) => AgentTarget | Promise<AgentTarget>,
): void {
  let target: AgentTarget;
  beforeEach(async (context) => {
    target = await declare(context);
  });
  testClaims(() => target);
  testGuard(() => target);
}

function testClaims(getTarget: () => AgentTarget): void {
  const open = (): Promise<TargetStore> => createTarget(getTarget(), {}, refuseSecrets);

  test('belongs to nobody until it is claimed, and then to whoever did so first', async () => {
    const store = await open();
    expect(await store.readMarker()).toBeUndefined();
    expect(await store.claim(INT, 'ada')).toEqual(INT);
    expect(await store.claim(PROD, 'bob')).toEqual(INT);
    expect(await (await open()).readMarker()).toEqual(INT);
  });

  test('claimed by many at once has one owner, whom all are told', async () => {
    const claims = Array.from({ length: 8 }, async (_value, at) =>
      (await open()).claim({ environment: `e${at}`, kind: 'shared' }, 'x'),
    );
    const owners = new Set((await Promise.all(claims)).map(({ environment }) => environment));
    expect(owners.size).toBe(1);
    expect(await (await open()).readMarker()).toMatchObject({ environment: [...owners][0] });
  });
}

function testGuard(getTarget: () => AgentTarget): void {
  let target: AgentTarget;
  let lines: string[];
  beforeEach(() => {
    target = getTarget();
    lines = [];
  });
  const open = (): Promise<TargetStore> => createTarget(target, {}, refuseSecrets);
  const guardOf = (claimant: TargetClaimant): TargetGuard =>
    createTargetGuard({
      claimant,
      claimedBy: 'test',
      resolveText: refuseSecrets,
      now: () => 0,
      log: (line) => lines.push(line),
    });

  test('A8 refuses an attempt of another environment before it starts, and lets its own through', async () => {
    const { name } = target;
    await (await open()).claim(INT, 'ada');
    const problem = await guardOf({ ...PROD, isAgainstShared: true }).check([target], {}, [name]);
    expect(problem).toMatchObject({ code: 'TARGET_CLAIMED_BY_OTHER', message: expect.stringMatching(/^\[PROD\] /) });
    expect(await guardOf({ ...INT, isAgainstShared: false }).check([target], {}, [name])).toBeUndefined();
  });

  test('is claimed by local itself, and by no other kind', async () => {
    const { name } = target;
    const unclaimed = await guardOf({ ...INT, isAgainstShared: false }).check([target], {}, [name]);
    expect(unclaimed).toMatchObject({ code: 'TARGET_UNCLAIMED', fix: expect.stringContaining('environment claim') });
    expect(await (await open()).readMarker()).toBeUndefined();
    expect(await guardOf(LOCAL).check([target], {}, [name])).toBeUndefined();
    expect(await (await open()).readMarker()).toEqual({ environment: 'local', kind: 'local' });
  });

  test('is claimed once by attempts that start together', async () => {
    const guard = guardOf(LOCAL);
    const { name } = target;
    await Promise.all(Array.from({ length: 4 }, () => guard.check([target], {}, [name])));
    expect(lines.filter((line) => line.includes('is claimed by local'))).toHaveLength(1);
  });

  test('A12 of a shared environment is used by local only with the flag, and said aloud; of production never', async () => {
    const { name } = target;
    await (await open()).claim(INT, 'ada');
    const refused = await guardOf(LOCAL).check([target], {}, [name]);
    expect(refused).toMatchObject({
      code: 'TARGET_CLAIMED_BY_OTHER',
      fix: expect.stringContaining('--against-shared'),
    });
    expect(await guardOf({ ...LOCAL, isAgainstShared: true }).check([target], {}, [name])).toBeUndefined();
    expect(lines.join('\n')).toMatch(/^\[LOCAL\] AGAINST SHARED: .* belongs to int/m);
  });
}
