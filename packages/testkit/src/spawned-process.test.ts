import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertNoOrphans, findLeftovers } from './leftovers.ts';
import { listDescendants, listGroup } from './process-table.ts';
import { type SpawnedProcess, spawnProcess } from './spawned-process.ts';
import { waitFor } from './wait-for.ts';

async function startShell(script: string, cwd?: string): Promise<SpawnedProcess> {
  const shell = await spawnProcess({ command: '/bin/sh', args: ['-c', script], ...(cwd ? { cwd } : {}) });
  onTestFinished(() => shell.destroy());
  return shell;
}

test('output is captured per stream, and a pattern is waited for', async () => {
  const shell = await startShell('echo ready 5432; echo oops >&2; exit 75');
  const match = await shell.waitForOutput(/ready (\d+)/);
  expect(match[1]).toBe('5432');
  expect(await shell.waitForExit()).toEqual({ code: 75, signal: null });
  await shell.waitForOutput(/oops/);
  expect(shell.stderr()).toBe('oops\n');
  expect(shell.stdout()).toBe('ready 5432\n');
});

test('a process that ends without the output fails the wait at once, with what it printed', async () => {
  const shell = await startShell('echo something else; exit 3');
  await expect(shell.waitForOutput(/ready/, 20_000)).rejects.toThrow(/code 3[\s\S]*something else/);
});

test('a program that does not exist is refused', async () => {
  await expect(spawnProcess({ command: '/no/such/program' })).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an orphan is found in its folder and in its group after its parent was killed', async () => {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'orphan-'));
  const shell = await startShell('sleep 300 & echo started; wait', folder);
  await shell.waitForOutput(/started/);
  await waitFor('the child', 5_000, () => listDescendants(shell.pid).find((row) => row.command.includes('sleep 300')));
  shell.kill('SIGKILL');
  await shell.waitForExit();
  expect(findLeftovers(folder).map((row) => row.command)).toEqual(['sleep 300']);
  expect(listGroup(shell.pid)).toHaveLength(1);
  await expect(assertNoOrphans(folder, 100)).rejects.toThrow(/sleep 300/);

  shell.killGroup('SIGKILL');
  await assertNoOrphans(folder);
});

test('a wait that fails says what it saw last', async () => {
  let looks = 0;
  const look = (): undefined => {
    looks += 1;
    throw new Error(`look ${looks}`);
  };
  await expect(waitFor('a thing', 50, look)).rejects.toThrow(/Waited 50 ms for a thing. The last look failed: .*look/);
  expect(looks).toBeGreaterThan(1);
});
