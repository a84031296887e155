// postmaster.pid: what a running PostgreSQL says about itself in its data folder. We read it and never write it.
// Layout: PostgreSQL 18, src/include/utils/pidfile.h.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface PostmasterFile {
  readonly pid: number;
  readonly dataFolder: string;
  /** Seconds since 1970. */
  readonly startedAtSeconds: number;
  readonly port: number;
  /** Where its socket lies; undefined: it has none. */
  readonly socketFolder: string | undefined;
  /** `starting`, `ready`, `stopping`, `standby`; empty while the file is being written. */
  readonly status: string;
}

/** Reads `<dataFolder>/<name>`; undefined when there is none or it is not written up to the port yet. */
export async function readPostmasterFile(
  dataFolder: string,
  name = 'postmaster.pid',
): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataFolder, name), 'utf8').catch(() => '');
  const [pid, folder = '', startedAt, port, socketFolder = '', , , status = ''] = text
    .split('\n')
    .map((line) => line.trim());
  const file = {
    pid: Number(pid),
    dataFolder: folder,
    startedAtSeconds: Number(startedAt),
    port: Number(port),
    socketFolder: socketFolder === '' ? undefined : socketFolder,
    status,
  };
  return file.pid > 0 && file.port > 0 ? file : undefined;
}

/** Whether a process with this id exists and is not a zombie (in a container nobody may reap an orphan). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return !isZombie(pid);
}

/**
 * Whether the process is a PostgreSQL program. After a reboot the id in a stale file may have gone to somebody else's
 * process; PostgreSQL itself then refuses to start, because it looks at the id alone.
 */
export function isPostgresProcess(pid: number): boolean {
  try {
    const name =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/comm`, 'utf8')
        : execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    return /(^|\/)postgres\s*$/.test(name);
  } catch {
    return false;
  }
}

/** Whether the process has ended and nobody has reaped it; false elsewhere than on Linux, where launchd always reaps. */
export function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // The state follows the last parenthesis: the name in front of it may contain any character (proc_pid_stat(5)).
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
