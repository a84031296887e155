import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from './db/migrate.ts';
import { createLogFile } from './log-file.ts';
import { startTestServer } from './testing/test-server.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'towpath-log-file-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function startLogging(logFile: string) {
  const database = await createTestDatabase({ template: 'state', migrate });
  return startTestServer(database, { logFile, logLevel: 'info' });
}

describe('a server', () => {
  test.skipIf(process.platform !== 'linux')('goes on answering while the disk of its log is full', async () => {
    const t = await startLogging('/dev/full');
    try {
      for (const _ of Array.from({ length: 5 })) {
        expect((await fetch(`${t.server.url}/health`)).status).toBe(200);
      }
    } finally {
      await t.close();
    }
  });

  test('logs to a file that only its owner reads', async () => {
    const path = join(scratch, 'server.log');
    await writeFile(path, '');
    await chmod(path, 0o644);
    const t = await startLogging(path);
    try {
      await fetch(`${t.server.url}/health`);
    } finally {
      await t.close();
    }
    expect(await readFile(path, 'utf8')).toContain('/health');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

test('logging goes on when the file can be written again, and says what is missing', async () => {
  const folder = join(scratch, 'later');
  const path = join(folder, 'server.log');
  const log = createLogFile(path);
  log.write('{"msg":"first"}\n');
  log.write('{"msg":"second"}\n');
  await mkdir(folder);
  log.write('{"msg":"third"}\n');
  log.write('{"msg":"fourth"}\n');
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const messages = lines.map((line) => JSON.parse(line).msg);
  expect(messages).toEqual(['2 lines before this one could not be written', 'third', 'fourth']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
