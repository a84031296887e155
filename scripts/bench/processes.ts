// Cost of a set of processes, from /proc: CPU time used and memory that is really theirs.
import { readFileSync } from 'node:fs';

/** USER_HZ of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds used so far by these processes. A process that is gone counts as 0. */
export function sumCpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + readCpuSeconds(pid), 0);
}

/** Memory of these processes in MiB as proportional set size: pages they share are counted once, in parts. */
export function sumMemoryMiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + readPssKiB(pid) / 1024, 0);
}

function readCpuSeconds(pid: number): number {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // proc_pid_stat(5): utime and stime are fields 14 and 15; the name in field 2 may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

function readPssKiB(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
