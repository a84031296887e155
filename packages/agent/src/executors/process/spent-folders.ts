// Folders of ended attempts, deleted when it is calm: not while others start. And an ext4 without a journal, as small virtual
// machines have it, gives no inode out again for minutes after its deletion, and looks at each such one on its way to the next
// free: after a thousand deletions creating a file costs up to 0.8 ms of processor time instead of 0.03 ms.
import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type AttemptFolder, deleteFolder, holdsOnlyOwnFiles, locateFolder } from '../attempt-folder.ts';
import { emptyOwnFile } from '../own-file.ts';

export interface SpentFoldersOptions {
  /** Where attempts live. */
  readonly attempts: string;
  /** Without a start for so long, it is calm. */
  readonly calmMs?: number | undefined;
}

export interface SpentFolders {
  /** An attempt starts. */
  noteStart(): void;
  /** Deletes a folder, or puts it aside: afterwards there is nothing under its path. */
  remove(folder: AttemptFolder): Promise<void>;
  /** Deletes what was put aside. */
  close(): Promise<void>;
}

/** Begins with a dot, so that it is no attempt's; the next agent deletes what this one left. */
const PREFIX = '.spent-';
const CALM_MS = 6000;
/** Never calm: however long a folder waits then, and however many do. */
const MAX_AGE_MS = 10 * 60_000;
const MAX_FOLDERS = 2000;
const MAX_LOG_BYTES = 64 * 1024;

interface Spent {
  readonly folder: AttemptFolder;
  readonly sinceMs: number;
}

/** Creates it; its timer keeps no process alive. */
export function createSpentFolders({ attempts, calmMs = CALM_MS }: SpentFoldersOptions): SpentFolders {
  const spent: Spent[] = [];
  let lastStartMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  const isDue = ({ sinceMs }: Spent): boolean => {
    const nowMs = performance.now();
    return nowMs - lastStartMs >= calmMs || nowMs - sinceMs >= MAX_AGE_MS || spent.length > MAX_FOLDERS;
  };
  const deleteDue = async (): Promise<void> => {
    for (let oldest = spent[0]; oldest !== undefined && isDue(oldest); oldest = spent[0]) {
      spent.shift();
      await deleteFolder(oldest.folder).catch(() => undefined);
    }
    timer = spent.length === 0 ? undefined : setTimeout(() => void deleteDue(), calmMs).unref();
  };
  return {
    noteStart: () => {
      lastStartMs = performance.now();
    },
    remove: async (folder) => {
      const aside = putAside(folder, attempts);
      if (aside === undefined) return await deleteFolder(folder);
      spent.push({ folder: aside, sinceMs: performance.now() });
      timer ??= setTimeout(() => void deleteDue(), calmMs).unref();
    },
    close: async () => {
      clearTimeout(timer);
      await Promise.all(spent.splice(0).map(({ folder }) => deleteFolder(folder)));
    },
  };
}

/** Undefined: it is to be deleted at once, for what the attempt left in it or because it can't be looked at. */
function putAside(folder: AttemptFolder, attempts: string): AttemptFolder | undefined {
  try {
    const isSmall = lstatSync(folder.log).size <= MAX_LOG_BYTES;
    const isEmpty = [folder.work, folder.temporary].every((path) => readdirSync(path).length === 0);
    if (!isSmall || !isEmpty || !holdsOnlyOwnFiles(folder)) return undefined;
    // What a command printed lies there as it was, secrets among it.
    if (!emptyOwnFile(folder.log)) return undefined;
    const aside = locateFolder(join(attempts, `${PREFIX}${randomUUID()}`));
    renameSync(folder.path, aside.path);
    return aside;
  } catch {
    return undefined;
  }
}
