// The data folder: made once by initdb, with our rules about who may connect.

import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TowpathError } from '@towpath/core';
import type { PlatformBinaries } from './platform-binaries.ts';
import { POSTGRES_MAJOR } from './platform-binaries.ts';
import { isProcessAlive } from './postmaster-file.ts';
import type { ProgramAccount } from './program-account.ts';
import { spawnProgram } from './program-account.ts';
import { describeFailedStart } from './start-failure.ts';

/** Name of PostgreSQL's superuser in our clusters. */
export const SUPERUSER = 'postgres';

/** Rules of warehouses that were opened besides; included by ours, so that a start without them does not close one. */
export const WAREHOUSE_RULES_FILE = 'towpath_warehouses.conf';

/** Who may connect: programs of this machine, or those in the networks that it is in. */
export type Reach = 'loopback' | 'network';

const ADDRESSES: Readonly<Record<Reach, readonly string[]>> = {
  loopback: ['127.0.0.1/32', '::1/128'],
  network: ['127.0.0.1/32', '::1/128', 'samenet'],
};

/**
 * The first line that matches decides (PostgreSQL documentation, 20.1), so the last two refuse all that is not named.
 * `bronze_user` needs no password, and for that reason reaches nothing but `bronze`, and only from within reach.
 */
function formatHostRules(reach: Reach): string {
  const allow = (database: string, user: string, method: string): string =>
    ADDRESSES[reach].map((address) => `host ${database} ${user} ${address} ${method}\n`).join('');
  return `# Written by Towpath at every start; edits are lost.
${allow('bronze', 'bronze_user', 'trust')}${allow('towpath', 'towpath', 'scram-sha-256')}${allow('all', SUPERUSER, 'scram-sha-256')}include_if_exists ${WAREHOUSE_RULES_FILE}
host all all all reject
local towpath towpath scram-sha-256
local all ${SUPERUSER} scram-sha-256
local all all reject
`;
}

export interface DataFolderRequest {
  readonly folder: string;
  readonly binaries: PlatformBinaries;
  readonly account: ProgramAccount;
  readonly superuserPassword: string;
  /** False for throw-away clusters (tests): initdb then leaves flushing to the system. */
  readonly isDurable: boolean;
}

/**
 * Makes `folder/data` unless it is there. initdb works in a folder of its own that is renamed when it is complete: a
 * crash leaves no half data folder, and of two first starts at once one rename wins and the other uses it.
 * Errors: `EMBEDDED_POSTGRES_INIT_FAILED`, `EMBEDDED_POSTGRES_DISK_FULL`, `EMBEDDED_POSTGRES_VERSION_MISMATCH`.
 */
export async function ensureDataFolder(request: DataFolderRequest): Promise<void> {
  const dataFolder = join(request.folder, 'data');
  const version = await readVersion(dataFolder);
  if (version === undefined) return createDataFolder(request, dataFolder);
  if (version !== POSTGRES_MAJOR) {
    throw new TowpathError({
      code: 'EMBEDDED_POSTGRES_VERSION_MISMATCH',
      message: `The data in ${dataFolder} was written by PostgreSQL ${version}.`,
      cause: `This version of Towpath brings PostgreSQL ${POSTGRES_MAJOR}, which cannot read it.`,
      fix: `Use the Towpath that wrote it, or start over without the local data: remove ${request.folder}`,
    });
  }
}

/** Writes pg_hba.conf; whole or not at all, as a server may read it at the same time. */
export async function writeHostRules(
  dataFolder: string,
  account: ProgramAccount,
  reach: Reach = 'loopback',
): Promise<void> {
  const path = join(dataFolder, 'pg_hba.conf');
  const rules = formatHostRules(reach);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === rules) return;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, rules, { mode: 0o600 });
  await giveTo(account, draft);
  await rename(draft, path);
}

/** The major version that wrote the folder, undefined when there is no data folder. */
async function readVersion(dataFolder: string): Promise<string | undefined> {
  const content = await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return content?.trim();
}

async function createDataFolder(request: DataFolderRequest, dataFolder: string): Promise<void> {
  await removeAbandonedDrafts(request.folder);
  const draft = join(request.folder, `data.new-${process.pid}-${randomBytes(4).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, request.superuserPassword, { mode: 0o600, flag: 'wx' });
    await giveTo(request.account, draft);
    await giveTo(request.account, passwordFile);
    await runInitdb(request, draft, passwordFile);
    await writeHostRules(draft, request.account);
    await rename(draft, dataFolder);
  } catch (error) {
    const hasLostRace = (await readVersion(dataFolder)) !== undefined;
    if (!hasLostRace) throw error;
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function runInitdb(request: DataFolderRequest, draft: string, passwordFile: string): Promise<void> {
  const args = [
    `--pgdata=${draft}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The builtin provider sorts the same on every machine, whatever its C library or ICU.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    ...(request.isDurable ? [] : ['--no-sync']),
  ];
  const initdb = spawnProgram(request.account, request.binaries.initdb, args, {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<string>((resolve) => {
    initdb.once('error', (error) => resolve(error.message));
    initdb.once('close', (code, signal) => resolve(code === 0 ? '' : `exit ${code ?? signal}`));
  });
  const complaint = initdb.stderr ? await text(initdb.stderr) : '';
  const failure = await ended;
  if (failure === '') return;
  throw await describeFailedStart({
    folder: request.folder,
    what: 'The data folder of the embedded PostgreSQL cannot be made',
    log: `${complaint.trim().split('\n').slice(-3).join(' | ')} (${failure})`,
    code: 'EMBEDDED_POSTGRES_INIT_FAILED',
  });
}

async function giveTo(account: ProgramAccount, path: string): Promise<void> {
  if (account.uid !== undefined && account.gid !== undefined) await chown(path, account.uid, account.gid);
}

/** Removes what a killed first start left: folders and password files named for a process that is gone. */
async function removeAbandonedDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = /^data\.new-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isProcessAlive(Number(owner))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
