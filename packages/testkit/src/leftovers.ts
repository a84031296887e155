// What a test left running: processes that work in its folder, or were given its path, whoever their parent is now.

import { listProcesses, type ProcessRow } from './process-table.ts';
import { waitFor } from './wait-for.ts';

/**
 * Living processes that name `folder` in their command line, environment or working folder, except this process and
 * its own ancestors. Orphans are found because it does not ask who started them.
 */
export function findLeftovers(folder: string): ProcessRow[] {
  const rows = listProcesses();
  const own = listAncestors(rows, process.pid);
  return rows.filter((row) => !row.isZombie && !own.has(row.pid) && names(row, folder));
}

/**
 * Waits until no process names `folder` any more (see `findLeftovers`); fails with their command lines after
 * `deadlineMs`. For the end of a test that killed something: orphans may need a moment to notice.
 */
export async function assertNoOrphans(folder: string, deadlineMs = 10_000): Promise<void> {
  let left: ProcessRow[] = [];
  await waitFor(`no process to be left in ${folder}`, deadlineMs, () => {
    left = findLeftovers(folder);
    if (left.length > 0) throw new Error(formatLeftovers(left));
    return true;
  });
}

/** One line per process: pid, parent, group, command. */
export function formatLeftovers(rows: readonly ProcessRow[]): string {
  const lines = rows.map((row) => `  pid ${row.pid} parent ${row.parentPid} group ${row.groupId}: ${row.command}`);
  return `${rows.length} process(es) left:\n${lines.join('\n')}`;
}

function names(row: ProcessRow, folder: string): boolean {
  return row.folder.startsWith(folder) || row.command.includes(folder) || row.environment.includes(folder);
}

function listAncestors(rows: readonly ProcessRow[], pid: number): Set<number> {
  const parents = new Map(rows.map((row) => [row.pid, row.parentPid]));
  const own = new Set<number>();
  for (let at: number | undefined = pid; at !== undefined && !own.has(at); at = parents.get(at)) own.add(at);
  return own;
}
