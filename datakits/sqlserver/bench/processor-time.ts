// Processor time by process, from /proc: who works while a table is loaded. Zero where there is no /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds that all processes of the machine and its kernel have used so far. */
export function readMachineSeconds(): number {
  try {
    // proc_stat(5): user, nice, system, idle, iowait, irq, softirq.
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = readFileSync('/proc/stat', 'utf8')
      .split('\n', 1)
      .flatMap((line) => line.split(/\s+/).slice(1).map(Number));
    return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** Seconds that a process has used so far. */
export function readProcessSeconds(pid: number | undefined): number {
  return readStat(pid)?.ownSeconds ?? 0;
}

/** Seconds of the children that this process has waited for, all together. */
export function readChildrenSeconds(): number {
  return readStat('self')?.waitedSeconds ?? 0;
}

/** Seconds of the PostgreSQL server that this backend belongs to: all its processes, also those that have ended. */
export function readServerSeconds(backendPid: number): number {
  const postmaster = readStat(backendPid)?.parent;
  const server = readStat(postmaster);
  if (!server) return 0;
  const running = listProcesses().filter((pid) => readStat(pid)?.parent === postmaster);
  return running.reduce((sum, pid) => sum + readProcessSeconds(pid), server.ownSeconds + server.waitedSeconds);
}

function listProcesses(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

interface Stat {
  readonly parent: number;
  readonly ownSeconds: number;
  readonly waitedSeconds: number;
}

/** Undefined when there is no such process. */
function readStat(pid: number | 'self' | undefined): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5): ppid is field 4, utime to cstime are 14 to 17; the name in field 2 may hold blanks.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
    return {
      parent: Number(fields[1]),
      ownSeconds: (user + system) / TICKS_PER_SECOND,
      waitedSeconds: (childUser + childSystem) / TICKS_PER_SECOND,
    };
  } catch {
    return undefined;
  }
}
