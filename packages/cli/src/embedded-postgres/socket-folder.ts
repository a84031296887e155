// The socket of the embedded PostgreSQL, in its data folder, which nobody else may enter: a statement by it takes a quarter of the time
// that it takes over loopback. Where there can be none, loopback does.
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isPostgresProcess, isZombie, readPostmasterFile } from './postmaster-file.ts';

/** Of a socket's path in bytes: 107 on Linux (unix(7)), 103 on macOS. */
const MAX_PATH_BYTES = 103;

/** What the name of each begins with. */
export const SOCKET_NAME = '.s.PGSQL.';

/** PostgreSQL then listens on loopback alone. */
export const NO_SOCKET = { unix_socket_directories: '' };

/** The setting that makes the socket, or none: of a folder whose path is too long, or on a file system that has no sockets. */
export async function formatSocketSetting(dataFolder: string, port: number): Promise<Readonly<Record<string, string>>> {
  const isFit =
    Buffer.byteLength(join(dataFolder, `${SOCKET_NAME}${port}`)) <= MAX_PATH_BYTES && (await canListen(dataFolder));
  // The setting is a list.
  return isFit ? { unix_socket_directories: `"${dataFolder.replaceAll('"', '""')}"` } : NO_SOCKET;
}

/** PostgreSQL does not start when it can't make the socket that it was told to make. */
async function canListen(folder: string): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(join(folder, `.s.${randomBytes(4).toString('hex')}`), () => server.close(() => resolve(true)));
  });
}

/**
 * Beside a socket lies a file like postmaster.pid, which PostgreSQL heeds in the same way: a stale one whose process id went to another
 * program, or an empty one, would keep it from starting. A postmaster has written postmaster.pid before; so what does not name that
 * one is stale.
 */
export async function removeStaleSocketLocks(dataFolder: string): Promise<void> {
  const names = (await readdir(dataFolder)).filter((name) => /^\.s\.PGSQL\.\d+\.lock$/.test(name));
  for (const path of names.map((name) => join(dataFolder, name))) {
    const owner = (await readFile(path, 'utf8').catch(() => '')).split('\n')[0]?.trim();
    const running = await findRunning(dataFolder);
    // Empty while it is being written by one that starts at the same moment.
    const isKept = running !== undefined && (owner === '' || owner === String(running));
    if (!isKept) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function findRunning(dataFolder: string): Promise<number | undefined> {
  const pid = (await readPostmasterFile(dataFolder))?.pid;
  return pid !== undefined && isPostgresProcess(pid) && !isZombie(pid) ? pid : undefined;
}
