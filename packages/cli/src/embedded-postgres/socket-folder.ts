// The socket of the embedded PostgreSQL, in its data folder, which nobody else may enter: a statement by it takes a quarter of the time
// that it takes over loopback. Where there can be none, loopback does.
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isPostgresProcess, isZombie } from './postmaster-file.ts';

/** Of a socket's path in bytes: 107 on Linux (unix(7)), 103 on macOS. */
const MAX_PATH_BYTES = 103;

/** The setting that makes the socket, or none: of a folder whose path is too long, or on a file system that has no sockets. */
export async function formatSocketSetting(dataFolder: string, port: number): Promise<Readonly<Record<string, string>>> {
  const isFit =
    Buffer.byteLength(join(dataFolder, `.s.PGSQL.${port}`)) <= MAX_PATH_BYTES && (await canListen(dataFolder));
  // The setting is a list.
  return { unix_socket_directories: isFit ? `"${dataFolder.replaceAll('"', '""')}"` : '' };
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
 * Beside a socket lies a file like postmaster.pid, which PostgreSQL heeds in the same way: one whose process id went to another
 * program would keep it from starting. The one of a postmaster that runs is not needed any more, should it be lost to a race.
 */
export async function removeStaleSocketLocks(dataFolder: string): Promise<void> {
  const names = (await readdir(dataFolder)).filter((name) => /^\.s\.PGSQL\.\d+\.lock$/.test(name));
  for (const path of names.map((name) => join(dataFolder, name))) {
    const pid = Number((await readFile(path, 'utf8').catch(() => '')).split('\n')[0]);
    if (pid > 0 && (isZombie(pid) || !isPostgresProcess(pid))) await rm(path, { force: true });
  }
}
