// Which process a pid meant when it was written down. A pid alone is reused; pid and start time together are not.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** `startTime` is opaque: clock ticks since boot on Linux, the text of `ps -o lstart=` elsewhere. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

interface ProcessFacts {
  readonly startTime: string;
  readonly groupId: number;
  /** Dead, its exit code not collected yet. In a container without an init an orphan stays so for ever. */
  readonly isZombie: boolean;
}

/** The identity of a living process; undefined when there is none with this pid. */
export function findProcess(pid: number): ProcessIdentity | undefined {
  const facts = readFacts(pid);
  return facts === undefined || facts.isZombie ? undefined : { pid, startTime: facts.startTime };
}

/** The identity of this process. */
export function getOwnIdentity(): ProcessIdentity {
  const own = findProcess(process.pid);
  // Only a host without /proc and ps could end here; nothing of ours works there.
  if (own === undefined) throw new Error('this process can not be found in the process table');
  return own;
}

/** True while exactly this process lives: a dead one's pid in other hands does not count. */
export function isProcessAlive(identity: ProcessIdentity): boolean {
  return findProcess(identity.pid)?.startTime === identity.startTime;
}

/** True while a process group has a member that is not a zombie. Reads the whole process table: not for loops. */
export function hasLivingMembers(groupId: number): boolean {
  if (process.platform !== 'linux') return canSignalGroup(groupId);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.some((pid) => {
    const facts = readFacts(Number(pid));
    return facts !== undefined && facts.groupId === groupId && !facts.isZombie;
  });
}

/** True while a process group has a member that we may signal, a zombie included on Linux. */
export function canSignalGroup(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
    return true;
  } catch {
    // ESRCH: nobody is left.
    return false;
  }
}

function readFacts(pid: number): ProcessFacts | undefined {
  return process.platform === 'linux' ? readProc(pid) : readPs(pid);
}

function readProc(pid: number): ProcessFacts | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // proc_pid_stat(5): the name in parentheses may hold any byte, so fields are counted from the last one. After it
  // come state (3), ppid (4), pgrp (5) … starttime (22).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , groupId] = fields;
  const startTime = fields[19];
  if (state === undefined || groupId === undefined || startTime === undefined) return undefined;
  return { startTime, groupId: Number(groupId), isZombie: state === 'Z' || state === 'X' };
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended, before or while we read.
    return '';
  }
}

function readPs(pid: number): ProcessFacts | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'pgid=,stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, groupId, state, startTime] = /^\s*(\d+)\s+(\S+)\s+(.+?)\s*$/m.exec(line) ?? [];
    if (groupId === undefined || state === undefined || startTime === undefined) return undefined;
    return { startTime, groupId: Number(groupId), isZombie: state.startsWith('Z') };
  } catch {
    // ps exits 1 when there is no such process.
    return undefined;
  }
}
