// The operating system account PostgreSQL's programs run under. PostgreSQL refuses root, so root hands over to an
// unprivileged user; everyone else runs them as themselves.

import { execFile, type SpawnOptions, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { TowpathError } from '@towpath/core';

const run = promisify(execFile);

/** How a program is started; `uid` and `gid` own the files it must write, undefined when they are our own. */
export interface ProgramAccount {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Command-line words put before the program, e.g. setpriv with its options. */
  readonly prefix: readonly string[];
}

export interface AccountRequest {
  /** Folder that holds the data folder; must exist. */
  readonly folder: string;
  readonly dataFolder: string;
  /** The program that must be startable. */
  readonly program: string;
}

/** No inherited environment: neither secrets of the caller nor its PG* variables reach the server. */
const PROGRAM_ENVIRONMENT: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/** Debian's account for PostgreSQL first: nothing else runs under it. `nobody` exists everywhere. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

/** First the weaker one: it reads everything but writes nothing. Docker's default set has only the second. */
const TRAVERSAL_CAPABILITIES = ['dac_read_search', 'dac_override'];

/**
 * The account for this process and folder. As root: the owner of an existing data folder, else `postgres`, else
 * `nobody`, plainly where that user reaches folder and program, else with the one capability that lets it pass closed
 * parent folders. Errors: `EMBEDDED_POSTGRES_ROOT_UNREACHABLE`, `EMBEDDED_POSTGRES_OWNER_MISMATCH`.
 */
export async function chooseProgramAccount(request: AccountRequest): Promise<ProgramAccount> {
  const euid = process.geteuid?.();
  const owner = await stat(request.dataFolder).catch(() => undefined);
  if (euid !== 0) {
    if (owner && owner.uid !== euid) throw ownerMismatch(request.dataFolder, owner.uid);
    return { uid: undefined, gid: undefined, prefix: [] };
  }
  const user = owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await findUnprivilegedUser();
  if (!user) throw unreachable(request, 'Neither a user `postgres` nor a user `nobody` exists.');
  for (const candidate of listCandidates(user)) {
    if (await canReach(candidate, request)) return candidate;
  }
  throw unreachable(request, `User id ${user.uid} cannot enter one of their parent folders.`);
}

/** Starts `program` under `account` with the clean environment. */
export function spawnProgram(
  account: ProgramAccount,
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ReturnType<typeof spawn> {
  const [file = program, ...words] = [...account.prefix, program, ...args];
  // setpriv switches the user itself: it needs root to keep the capability across the switch.
  const identity =
    account.prefix.length === 0 && account.uid !== undefined ? { uid: account.uid, gid: account.gid } : {};
  return spawn(file, words, { ...options, ...identity, env: PROGRAM_ENVIRONMENT });
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

function listCandidates(user: User): ProgramAccount[] {
  const withCapability = TRAVERSAL_CAPABILITIES.map((capability) => ({
    ...user,
    prefix: [
      'setpriv',
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      '--clear-groups',
      `--inh-caps=-all,+${capability}`,
      `--ambient-caps=-all,+${capability}`,
      // initdb asks access(2) about `postgres` beside it; access(2) ignores capabilities of a non-root user unless
      // this bit is set (capabilities(7), SECBIT_NO_SETUID_FIXUP).
      '--securebits=+no_setuid_fixup',
      '--',
    ],
  }));
  return [{ ...user, prefix: [] }, ...(process.platform === 'linux' ? withCapability : [])];
}

async function findUnprivilegedUser(): Promise<User | undefined> {
  for (const name of UNPRIVILEGED_USERS) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // `id` exits 1 for an unknown user: try the next one.
    }
  }
  return undefined;
}

/** Enters the folder and starts the program for real: mode bits alone would miss ACLs and mount options. */
function canReach(account: ProgramAccount, request: AccountRequest): Promise<boolean> {
  const script = 'cd "$1" && test -r "$2" && exec "$2" --version';
  const probe = spawnProgram(account, '/bin/sh', ['-c', script, 'sh', request.folder, request.program], {
    stdio: 'ignore',
    cwd: '/',
  });
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.once('exit', (code) => resolve(code === 0));
  });
}

function ownerMismatch(dataFolder: string, uid: number): TowpathError {
  return new TowpathError({
    code: 'EMBEDDED_POSTGRES_OWNER_MISMATCH',
    message: `The data folder ${dataFolder} belongs to another user.`,
    cause: `Its owner is user id ${uid}; it was probably created by a start as root.`,
    fix: `Start as that user or as root, or hand it over: sudo chown -R "$(id -u)" ${dataFolder}`,
  });
}

function unreachable(request: AccountRequest, cause: string): TowpathError {
  return new TowpathError({
    code: 'EMBEDDED_POSTGRES_ROOT_UNREACHABLE',
    message: `PostgreSQL refuses to run as root, and no other user reaches ${request.folder} and ${request.program}.`,
    cause,
    fix: 'Run as an ordinary user, or move the project to a folder that others may enter (mode 0755).',
  });
}
