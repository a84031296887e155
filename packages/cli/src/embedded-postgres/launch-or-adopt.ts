// From "no server runs" to "one server runs": ours, or the one another start launched at the same moment.

import { setTimeout as pause } from 'node:timers/promises';
import { TowpathError } from '@towpath/core';
import {
  clearZombiePostmaster,
  findLivePostmaster,
  type LaunchRequest,
  type LaunchResult,
  launchPostmaster,
  waitUntilReady,
} from './postmaster.ts';
import type { PostmasterFile } from './postmaster-file.ts';
import { findServerPort, isPortFree, type ServerPort } from './server-port.ts';
import { describeFailedStart } from './start-failure.ts';

export interface Started {
  readonly postmaster: PostmasterFile;
  readonly isAdopted: boolean;
  readonly portWasBusy: boolean;
}

/** SQLSTATE lock_file_exists: another postmaster, or processes that a killed one left. */
const LOCK_FILE_EXISTS = 'F0001';

/** Processes of a killed postmaster notice its death at once, unless they are in the middle of a long statement. */
const ORPHAN_TIMEOUT_MS = 20_000;

/** Process 1 usually reaps within a second. Acting later only delays a start; the file is better left to PostgreSQL. */
const ZOMBIE_PATIENCE_MS = 2_000;

/** A try is a process start of 10 ms; orphans are usually gone before the second one. */
const RETRY_EVERY_MS = 100;

/** The postmaster that runs already, once it is ready; undefined when there is none. Errors: `EMBEDDED_POSTGRES_LOCKED`. */
export async function adoptPostmaster(folder: string): Promise<Started | undefined> {
  const found = await findLivePostmaster(folder);
  const postmaster = found && (await waitUntilReady(folder, found.pid));
  return postmaster && { postmaster, isAdopted: true, portWasBusy: false };
}

/**
 * Launches until one server runs. Errors: `EMBEDDED_POSTGRES_START_FAILED`, `EMBEDDED_POSTGRES_DISK_FULL`,
 * `EMBEDDED_POSTGRES_PORT_UNUSABLE`, `EMBEDDED_POSTGRES_LOCKED` when something else keeps the data folder.
 */
export async function launchOrAdopt(request: Omit<LaunchRequest, 'port'>, preferredPort: number): Promise<Started> {
  const startedAt = Date.now();
  let chosen = await findServerPort(preferredPort);
  for (;;) {
    const result = await launchPostmaster({ ...request, port: chosen.port });
    if (result.kind === 'ready') {
      return { postmaster: result.postmaster, isAdopted: false, portWasBusy: chosen.wasBusy };
    }
    const running = await adoptPostmaster(request.folder);
    if (running) return running;
    chosen = await planRetry(request.folder, { result, chosen, preferredPort, waitedMs: Date.now() - startedAt });
    await pause(RETRY_EVERY_MS);
  }
}

interface FailedTry {
  readonly result: Exclude<LaunchResult, { readonly kind: 'ready' }>;
  readonly chosen: ServerPort;
  readonly preferredPort: number;
  readonly waitedMs: number;
}

/** The port of the next try, or the error when another try is of no use. */
async function planRetry(folder: string, failed: FailedTry): Promise<ServerPort> {
  const { result, chosen, waitedMs } = failed;
  if (result.sqlState === LOCK_FILE_EXISTS) {
    if (waitedMs > ORPHAN_TIMEOUT_MS) throw orphansLeft(folder, result.log);
    if (waitedMs > ZOMBIE_PATIENCE_MS) await clearZombiePostmaster(folder);
    return chosen;
  }
  const hasLostPort = !(await isPortFree(chosen.port));
  if (hasLostPort && waitedMs < ORPHAN_TIMEOUT_MS) return findServerPort(failed.preferredPort);
  throw await describeFailedStart({
    folder,
    what: 'The embedded PostgreSQL did not start',
    log: result.log,
    sqlState: result.sqlState,
    code: 'EMBEDDED_POSTGRES_START_FAILED',
  });
}

function orphansLeft(folder: string, log: string): TowpathError {
  return new TowpathError({
    code: 'EMBEDDED_POSTGRES_LOCKED',
    message: `Processes of an earlier PostgreSQL still use ${folder}, ${ORPHAN_TIMEOUT_MS / 1000} s after its end.`,
    cause: log,
    fix: 'Find them with `ps -ef | grep postgres`, end them with `kill -QUIT`, and start again.',
  });
}
