// Who listens on a TCP port: from /proc on Linux, by lsof elsewhere. Processes of other users can't be looked into.
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process and the name of its program; its arguments may hold secrets, so they are not read. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

const LSOF_TIMEOUT_MS = 3_000;
/** As /proc/net/tcp writes it. */
const LISTENING = '0A';

/** Finds the holder; undefined when it can't be seen, or when nobody listens. */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  return process.platform === 'linux' ? findInProc(port) : findByLsof(port);
}

async function findInProc(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty));
  const sockets = new Set(tables.flatMap((table) => listSockets(table, port)));
  if (sockets.size === 0) return undefined;
  const names = await readdir('/proc');
  for (const name of names.filter((entry) => /^\d+$/.test(entry))) {
    if (await hasSocket(name, sockets))
      return { pid: Number(name), command: (await readOrEmpty(`/proc/${name}/comm`)).trim() || 'a program' };
  }
  return undefined;
}

/** `socket:[4711]` for each socket that listens on the port; columns as proc_net(5) has them. */
function listSockets(table: string, port: number): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const isWanted = state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isWanted ? [`socket:[${inode}]`] : [];
  });
}

async function hasSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // It ended meanwhile, or belongs to somebody else.
  const files = await readdir(folder).catch(() => []);
  const links = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return links.some((link) => sockets.has(link));
}

async function findByLsof(port: number): Promise<PortHolder | undefined> {
  const words = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  // Absent, or nothing found: both end with an error.
  const { stdout } = await promisify(execFile)('lsof', words, { timeout: LSOF_TIMEOUT_MS }).catch(() => ({
    stdout: '',
  }));
  const [, pid] = /^p(\d+)$/m.exec(stdout) ?? [];
  const [, command = 'a program'] = /^c(.+)$/m.exec(stdout) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), command };
}

async function readOrEmpty(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
