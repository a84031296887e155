import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnProcess, startTestRun, type TestRun } from '@towpath/testkit';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../packages/cli/src/embedded-postgres/index.ts';

function startRun(): Promise<TestRun> {
  return startTestRun((folder) => startEmbeddedPostgres({ folder, preferredPort: 0, settings: { fsync: 'off' } }));
}

async function listRunFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('tp-'));
}

test('a run that leaves a process behind fails with its command line, and its folder is gone', async () => {
  const run = await startRun();
  const child = spawn('sleep', ['287'], { detached: true, stdio: 'ignore', env: run.environment });
  await expect(run.end()).rejects.toThrow(/sleep 287/);
  child.kill('SIGKILL');
  expect(await listRunFolders()).toEqual([]);
});

test('what a killed run left is removed by the next one', async () => {
  const dead = await spawnProcess({ command: '/bin/true' });
  await dead.waitForExit();
  const folder = join(tmpdir(), 'tp-killed');
  await mkdir(folder);
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'pg'), preferredPort: 0 });
  await writeFile(join(folder, 'owner.pid'), String(dead.pid));

  const run = await startRun();
  expect(await listRunFolders()).not.toContain('tp-killed');
  expect(() => process.kill(postgres.pid, 0)).toThrow(/ESRCH/);
  await run.end();
  expect(await listRunFolders()).toEqual([]);
});
