// The embedded PostgreSQL of `npx towpath dev` and of the tests: real PostgreSQL from npm, in a folder of the project.
// It outlives us on purpose: a postmaster left by a killed starter is adopted, with its port and its connections.

import { access, constants, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TowpathError } from '@towpath/core';
import { type Credentials, ensureCredentials } from './credentials.ts';
import { ensureDataFolder, type Reach, writeHostRules } from './data-folder.ts';
import { ensureDatabases, formatAdminUrl, formatStateUrl, withConnection } from './databases.ts';
import { adoptPostmaster, launchOrAdopt, type Started } from './launch-or-adopt.ts';
import { preparePlatformBinaries } from './platform-binaries.ts';
import { stopPostmaster } from './postmaster.ts';
import { isProcessAlive, type PostmasterFile } from './postmaster-file.ts';
import { chooseProgramAccount } from './program-account.ts';
import { NO_SOCKET } from './socket-folder.ts';

export interface EmbeddedPostgresOptions {
  /** Holds data/, postgres.log and credentials.json; made when absent. */
  readonly folder: string;
  /** Usually 5432; a busy one gives the next free one, 0 any free one. */
  readonly preferredPort: number;
  /** More settings of postgresql.conf, e.g. `fsync: 'off'` for tests. A running server keeps those it has. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Who may connect. `network`: everybody in the networks of this container, under the same rules. Default: this machine. */
  readonly reach?: Reach;
}

/** The warehouse of environment `local`; its user needs no password on loopback. */
export interface EmbeddedWarehouse {
  readonly host: string;
  readonly port: number;
  readonly database: 'bronze';
  readonly user: 'bronze_user';
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** It was running already; its port and settings are those of its own start. */
  readonly isAdopted: boolean;
  /** This start found the preferred port taken by another program and chose the next free one. */
  readonly portWasBusy: boolean;
  /** Superuser, loopback, generated password: for our own set-up only. */
  readonly adminUrl: string;
  /** Database `towpath` as role `towpath`, with its password; by the socket, if there is one: a quarter of the time of loopback. */
  readonly stateUrl: string;
  /** Where its socket lies; undefined when its path would be too long, or when an older version started it. */
  readonly socketFolder: string | undefined;
  readonly warehouse: EmbeddedWarehouse;
  /** Fast shutdown; resolves when the process is gone. Idempotent. Errors: `EMBEDDED_POSTGRES_STOP_TIMEOUT`. */
  stop(): Promise<void>;
  /** Lets go of it without stopping: it goes on, and the next start adopts it. */
  leave(): void;
}

/**
 * Starts, or adopts, the PostgreSQL of `options.folder` and returns when it accepts connections and has its roles and
 * databases. A first start takes 0.7 s (initdb), a later one 40 ms, an adoption 10 ms (ADR 0002). Two starts at once end with one
 * server: the second one adopts it.
 *
 * Errors: `EMBEDDED_POSTGRES_…` with PLATFORM_UNSUPPORTED, BINARIES_MISSING, BINARIES_UNLINKED, FOLDER_UNUSABLE,
 * ROOT_UNREACHABLE, OWNER_MISMATCH, VERSION_MISMATCH, INIT_FAILED, START_FAILED, DISK_FULL, PORT_UNUSABLE,
 * CREDENTIALS_UNREADABLE, SETTING_INVALID, LOCKED.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await preparePlatformBinaries();
  const folder = await openFolder(options.folder);
  const dataFolder = join(folder, 'data');
  const credentials = await ensureCredentials(folder, await exists(dataFolder));

  const running = await adoptPostmaster(folder);
  const adopted = running && (await connectUnlessGone({ folder, credentials, ...running }));
  if (adopted) return adopted;

  const account = await chooseProgramAccount({ folder, dataFolder, program: binaries.postgres });
  const reach = options.reach ?? 'loopback';
  const settings = { ...(reach === 'network' && OF_NETWORK), ...options.settings };
  const { superuserPassword } = credentials;
  const isDurable = options.settings?.fsync !== 'off';
  await ensureDataFolder({ folder, binaries, account, superuserPassword, isDurable });
  await writeHostRules(dataFolder, account, reach);
  const started = await launchOrAdopt({ folder, binaries, account, settings }, options.preferredPort);
  return connectTo({ folder, credentials, ...started });
}

/** Who is in other containers can't use a socket of this one. */
const OF_NETWORK = { listen_addresses: '*', ...NO_SOCKET };

/** The folder's real path, made when absent. */
async function openFolder(path: string): Promise<string> {
  try {
    // Root's folder stays open to the unprivileged user; credentials.json and data/ are closed by themselves.
    await mkdir(path, { recursive: true, mode: process.geteuid?.() === 0 ? 0o755 : 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return await realpath(path);
  } catch (error) {
    throw new TowpathError(
      {
        code: 'EMBEDDED_POSTGRES_FOLDER_UNUSABLE',
        message: `The folder ${path} cannot be used for the embedded PostgreSQL.`,
        cause: error instanceof Error ? error.message : String(error),
        fix: 'Start as the user who owns it, or make it writable for you.',
      },
      { cause: error },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return (await realpath(path).catch(() => undefined)) !== undefined;
}

interface ConnectRequest extends Started {
  readonly folder: string;
  readonly credentials: Credentials;
}

/** How long a killed process may take to disappear, on a busy machine. */
const DYING_MS = 2_000;

/** Connects to a running postmaster; undefined when it ended meanwhile: one killed a moment ago still looks alive. */
async function connectUnlessGone(request: ConnectRequest): Promise<EmbeddedPostgres | undefined> {
  try {
    return await connectTo(request);
  } catch (error) {
    const deadline = Date.now() + DYING_MS;
    while (isProcessAlive(request.postmaster.pid)) {
      if (Date.now() > deadline) throw error;
      await pause(20);
    }
    return undefined;
  }
}

async function connectTo(request: ConnectRequest): Promise<EmbeddedPostgres> {
  const { folder, credentials, postmaster } = request;
  const { port, pid, socketFolder } = postmaster;
  const adminUrl = formatAdminUrl(port, credentials);
  try {
    await withConnection(adminUrl, async (client) => {
      const answer = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
      if (answer.rows[0]?.folder !== join(folder, 'data')) throw new Error(`it serves ${answer.rows[0]?.folder}`);
      await ensureDatabases(client, port, credentials);
    });
  } catch (error) {
    throw notOurs(folder, postmaster, error);
  }
  return {
    port,
    pid,
    isAdopted: request.isAdopted,
    portWasBusy: request.portWasBusy,
    adminUrl,
    stateUrl: formatStateUrl(port, credentials, socketFolder),
    socketFolder,
    warehouse: { host: 'localhost', port, database: 'bronze', user: 'bronze_user' },
    stop: () => stopPostmaster(folder, postmaster),
    // It runs in its own session, writes to its own file and is unreferenced: there is nothing to let go of.
    leave: () => undefined,
  };
}

/** Only a server that knows our password and names our data folder is ours, whatever the pid file says. */
function notOurs(folder: string, postmaster: PostmasterFile, error: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'EMBEDDED_POSTGRES_LOCKED',
      message: `PostgreSQL at port ${postmaster.port} (process ${postmaster.pid}) cannot be used as that of ${folder}.`,
      cause: error instanceof Error ? error.message : String(error),
      fix: `Stop it (kill -INT ${postmaster.pid}) and start again; if it is another program's, remove ${folder}/data/postmaster.pid`,
    },
    { cause: error },
  );
}
