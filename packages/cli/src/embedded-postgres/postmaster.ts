// One postmaster of one data folder: found alive and verified, launched, stopped.

import { link, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TowpathError } from '@towpath/core';
import type { PlatformBinaries } from './platform-binaries.ts';
import {
  isPostgresProcess,
  isProcessAlive,
  isZombie,
  type PostmasterFile,
  readPostmasterFile,
} from './postmaster-file.ts';
import { type ProgramAccount, spawnProgram } from './program-account.ts';
import { findFatalCode, openServerLog, quoteLog, readServerLog } from './server-log.ts';
import { formatSettings } from './server-settings.ts';
import { formatSocketSetting, NO_SOCKET, removeStaleSocketLocks, SOCKET_NAME } from './socket-folder.ts';

/** Only while starting or stopping; an idle server is not looked at. PostgreSQL needs 30 to 60 ms for either. */
const LOOK_EVERY_MS = 5;

/** Crash recovery replays at most max_wal_size (256 MB), some seconds on a slow disk; more means it hangs. */
const READY_TIMEOUT_MS = 60_000;

/** Fast shutdown writes one checkpoint of at most shared_buffers (64 MB). Giving up too early leaves it running. */
const STOP_TIMEOUT_MS = 60_000;

export interface LaunchRequest {
  readonly folder: string;
  readonly binaries: PlatformBinaries;
  readonly account: ProgramAccount;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** How a launch ended: ready, or the process exited by itself. */
export type LaunchResult =
  | { readonly kind: 'ready'; readonly postmaster: PostmasterFile }
  | { readonly kind: 'exited'; readonly sqlState: string | undefined; readonly log: string };

/**
 * The postmaster that runs on the data folder now, undefined when there is none. A file whose process id went to a
 * program that is not PostgreSQL (after a reboot) is moved aside, since PostgreSQL would refuse to start over it.
 */
export async function findLivePostmaster(folder: string): Promise<PostmasterFile | undefined> {
  const dataFolder = join(folder, 'data');
  const file = await readPostmasterFile(dataFolder);
  if (!file || !isProcessAlive(file.pid)) return undefined;
  if (isPostgresProcess(file.pid)) return file;
  await moveAside(dataFolder, file);
  return undefined;
}

/**
 * Moves the file of a zombie postmaster aside. PostgreSQL takes a zombie for alive and would never start again where
 * process 1 reaps nobody (a container without an init). Children it left are still found, by their shared memory.
 */
export async function clearZombiePostmaster(folder: string): Promise<void> {
  const dataFolder = join(folder, 'data');
  const file = await readPostmasterFile(dataFolder);
  if (file && isZombie(file.pid)) await moveAside(dataFolder, file);
}

/** Waits until the postmaster says it is ready; undefined when it went away instead. */
export async function waitUntilReady(folder: string, pid: number): Promise<PostmasterFile | undefined> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (isProcessAlive(pid)) {
    const file = await readPostmasterFile(join(folder, 'data'));
    if (file?.pid === pid && file.status === 'ready') return file;
    if (Date.now() > deadline) throw notReady(folder, pid, file?.status);
    await pause(LOOK_EVERY_MS);
  }
  return undefined;
}

/**
 * Starts a postmaster in a session of its own (Ctrl-C in our terminal is not for it) and waits for the outcome. What lies in the way of
 * its socket costs the socket alone.
 */
export async function launchPostmaster(request: LaunchRequest): Promise<LaunchResult> {
  const dataFolder = join(request.folder, 'data');
  await removeStaleSocketLocks(dataFolder);
  const socket = await formatSocketSetting(dataFolder, request.port);
  const result = await launchWith(request, { ...socket, ...request.settings });
  if (result.kind === 'ready' || !result.log.includes(SOCKET_NAME)) return result;
  return await launchWith(request, { ...request.settings, ...NO_SOCKET });
}

async function launchWith(request: LaunchRequest, settings: LaunchRequest['settings']): Promise<LaunchResult> {
  const log = await openServerLog(request.folder);
  const args = ['-D', join(request.folder, 'data'), ...formatSettings(request.port, settings)];
  const child = spawnProgram(request.account, request.binaries.postgres, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
  });
  const spawnError = await new Promise<Error | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
  await log.close();
  child.unref();
  if (spawnError || child.pid === undefined) {
    return { kind: 'exited', sqlState: undefined, log: spawnError?.message ?? 'it did not start' };
  }
  const postmaster = await waitUntilReady(request.folder, child.pid);
  if (postmaster) return { kind: 'ready', postmaster };
  const written = await readServerLog(log.path, log.startBytes);
  return { kind: 'exited', sqlState: findFatalCode(written, child.pid), log: quoteLog(written) };
}

/**
 * Fast shutdown: open transactions are rolled back, connections closed. Resolves when the process is gone; idempotent.
 * Errors: `EMBEDDED_POSTGRES_STOP_TIMEOUT`.
 */
export async function stopPostmaster(folder: string, postmaster: PostmasterFile): Promise<void> {
  const current = await readPostmasterFile(join(folder, 'data'));
  const isSame = current?.pid === postmaster.pid && current.startedAtSeconds === postmaster.startedAtSeconds;
  if (isSame && isProcessAlive(postmaster.pid)) process.kill(postmaster.pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isProcessAlive(postmaster.pid) && isPostgresProcess(postmaster.pid)) {
    if (Date.now() > deadline) {
      throw new TowpathError({
        code: 'EMBEDDED_POSTGRES_STOP_TIMEOUT',
        message: `The embedded PostgreSQL (process ${postmaster.pid}) did not stop within ${STOP_TIMEOUT_MS / 1000} s.`,
        cause: `It was asked for a fast shutdown; ${folder}/postgres.log tells what it waits for.`,
        fix: `Wait, or end it by force (it recovers at the next start): kill -QUIT ${postmaster.pid}`,
      });
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** Puts the file back when it is no longer the judged one: another start has launched a postmaster meanwhile. */
async function moveAside(dataFolder: string, judged: PostmasterFile): Promise<void> {
  const path = join(dataFolder, 'postmaster.pid');
  const aside = `${path}.stale-${judged.pid}-${judged.startedAtSeconds}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readPostmasterFile(dataFolder, basename(aside));
  if (moved && moved.pid !== judged.pid) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function notReady(folder: string, pid: number, status: string | undefined): TowpathError {
  return new TowpathError({
    code: 'EMBEDDED_POSTGRES_LOCKED',
    message: `The embedded PostgreSQL of ${folder} (process ${pid}) is not ready after ${READY_TIMEOUT_MS / 1000} s.`,
    cause: `It says "${status || 'nothing'}": it recovers after a crash, or is shutting down.`,
    fix: `Read ${folder}/postgres.log; start again when it is done, or stop it: kill -INT ${pid}`,
  });
}
