// One test run: a folder for everything temporary, one PostgreSQL, and a look at the end for what was left behind.

import { rmSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLeftovers, formatLeftovers } from './leftovers.ts';
import type { ProcessRow } from './process-table.ts';
import { signalProcess } from './signal-process.ts';
import { listConnections, withAdmin } from './test-database.ts';
import { waitFor } from './wait-for.ts';

/** What the run needs of a PostgreSQL; the starter comes as an argument since testkit stands below it. */
export interface TestPostgres {
  readonly adminUrl: string;
  /** Where its socket lies. */
  readonly socketFolder?: string | undefined;
  /** Process id of the postmaster. */
  readonly pid: number;
  stop(): Promise<void>;
}

export interface TestRun {
  /** Set for the test workers: TMPDIR and the database URLs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops PostgreSQL and removes the folders. Throws, after that, when tests left processes or connections. */
  end(): Promise<void>;
  /** For a run that is cut short (Ctrl-C): kills what the tests and PostgreSQL run, at once and without waiting. */
  abandon(): void;
}

/** Short, since paths of Unix sockets may have 107 bytes (unix(7)). */
const FOLDER_PREFIX = 'tp-';

/** Workers close their connections and processes their ends while vitest is already calling us. */
const SETTLE_MS = 5_000;

/**
 * Starts the run's PostgreSQL in a new folder. Folders and servers left by a run that was killed are removed first.
 * All temporary files of tests lie in one folder of the run (as TMPDIR), which is how left processes are recognised.
 */
export async function startTestRun(startPostgres: (folder: string) => Promise<TestPostgres>): Promise<TestRun> {
  const parent = await realpath(tmpdir());
  await sweepDeadRuns(parent, startPostgres);
  const folder = await mkdtemp(join(parent, FOLDER_PREFIX));
  // As root the tests start PostgreSQL servers under another user, which must be able to enter.
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'owner.pid'), String(process.pid));
  const postgres = await startPostgres(join(folder, 'pg'));
  const temporary = await mkdtemp(join(folder, 't-'));
  await chmod(temporary, 0o755);
  const environment = {
    TMPDIR: temporary,
    TOWPATH_TEST_DATABASE_ADMIN_URL: postgres.adminUrl,
    ...(postgres.socketFolder !== undefined && { TOWPATH_TEST_DATABASE_SOCKET_FOLDER: postgres.socketFolder }),
    TOWPATH_TEST_BRONZE_URL: withDatabase(postgres.adminUrl, 'bronze'),
  };
  return {
    environment,
    end: () => endTestRun(folder, temporary, postgres),
    abandon: () => abandonTestRun(folder, temporary, postgres),
  };
}

async function endTestRun(folder: string, temporary: string, postgres: TestPostgres): Promise<void> {
  const problems: string[] = [];
  const check = async (what: string, look: () => Promise<string[]>): Promise<void> => {
    let left: string[] = [];
    await waitFor(what, SETTLE_MS, async () => {
      left = await look();
      return left.length === 0;
    }).catch(() => problems.push(...left));
  };
  await check('connections to close', () => withAdmin((admin) => listConnections(admin, '%'), postgres.adminUrl));
  await check('processes to end', async () => listTestProcesses(temporary));
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
  if (problems.length > 0) throw new Error(`The tests left something behind:\n${problems.join('\n')}`);
}

function abandonTestRun(folder: string, temporary: string, postgres: TestPostgres): void {
  for (const row of findLeftovers(temporary)) signalProcess(row.pid, 'SIGKILL');
  // Immediate shutdown: the data is thrown away, so nothing needs to be written.
  signalProcess(postgres.pid, 'SIGQUIT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function listTestProcesses(temporary: string): string[] {
  // vitest's workers and its watchdog inherit TMPDIR and end after this; they are our children, what tests start is not.
  const isVitest = (row: ProcessRow): boolean => row.parentPid === process.pid && row.command.includes('vitest');
  const left = findLeftovers(temporary).filter((row) => !isVitest(row));
  return left.length === 0 ? [] : [formatLeftovers(left)];
}

function withDatabase(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function sweepDeadRuns(parent: string, startPostgres: (folder: string) => Promise<TestPostgres>): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    const folder = join(parent, name);
    const owner = await readFile(join(folder, 'owner.pid'), 'utf8').catch(() => undefined);
    if (owner === undefined || isAlive(Number(owner))) continue;
    // Starting adopts a server that still runs; then it can be stopped in an orderly way.
    await startPostgres(join(folder, 'pg'))
      .then((postgres) => postgres.stop())
      .catch(() => undefined);
    for (const row of findLeftovers(folder)) signalProcess(row.pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
