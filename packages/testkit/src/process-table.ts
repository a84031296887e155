// The processes of this machine: from /proc where it exists, else from ps (macOS). For tests that kill and count.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** Dead, but its parent has not asked for its exit code yet. */
  readonly isZombie: boolean;
  /** The words of its command line, joined by blanks. */
  readonly command: string;
  /** Its environment as text, empty where we may not read it. */
  readonly environment: string;
  /** Working folder, empty where it cannot be known. */
  readonly folder: string;
}

/** All processes, those of other users included. Costs some milliseconds per hundred processes. */
export function listProcesses(): ProcessRow[] {
  return process.platform === 'linux' ? listFromProc() : listFromPs();
}

/** Living processes below `pid`, at any depth, without itself. A child whose parent died is not found any more. */
export function listDescendants(pid: number, rows = listProcesses()): ProcessRow[] {
  const children = rows.filter((row) => row.parentPid === pid && !row.isZombie);
  return children.flatMap((child) => [child, ...listDescendants(child.pid, rows)]);
}

/** Living processes of process group `groupId`; finds those whose parent died, too. */
export function listGroup(groupId: number, rows = listProcesses()): ProcessRow[] {
  return rows.filter((row) => row.groupId === groupId && !row.isZombie);
}

function listFromProc(): ProcessRow[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(readProc).filter((row) => row !== undefined);
}

function readProc(pid: string): ProcessRow | undefined {
  const stat = readOrEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // proc_pid_stat(5): the name stands in parentheses and may hold any byte, so the fields begin after the last one.
  const [state, parentPid, groupId] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || parentPid === undefined || groupId === undefined) return undefined;
  return {
    pid: Number(pid),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    isZombie: state === 'Z',
    command: readWords(`/proc/${pid}/cmdline`),
    environment: readWords(`/proc/${pid}/environ`),
    folder: readOrEmpty(() => readlinkSync(`/proc/${pid}/cwd`)),
  };
}

function readWords(path: string): string {
  return readOrEmpty(() => readFileSync(path, 'utf8').replaceAll('\0', ' ').trimEnd());
}

/** A process may end between listing and reading; what is gone has no text. */
function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function listFromPs(): ProcessRow[] {
  // BSD option e: the environment follows the command; both are searched as text only, so they need no telling apart.
  const text = execFileSync('ps', ['axeww', '-o', 'pid=,ppid=,pgid=,stat=,command='], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => {
    const [, pid, parentPid, groupId, state = '', command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    const numbers = { pid: Number(pid), parentPid: Number(parentPid), groupId: Number(groupId) };
    return [{ ...numbers, isZombie: state.startsWith('Z'), command, environment: command, folder: '' }];
  });
}
