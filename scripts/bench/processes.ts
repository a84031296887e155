// Cost of a set of processes, from /proc: CPU time used and memory that is really theirs.
import { readFileSync } from 'node:fs';
import { readProcessSeconds } from '../../datakits/sqlserver/bench/processor-time.ts';

/** CPU seconds used so far by these processes. A process that is gone counts as 0. */
export function sumCpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + readProcessSeconds(pid), 0);
}

/** Memory of these processes in MiB as proportional set size: pages they share are counted once, in parts. */
export function sumMemoryMiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + readPssKiB(pid) / 1024, 0);
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
