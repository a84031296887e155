// Notices that pipeline modules change: one watch per folder, so that renames (how editors save), new files and new
// folders are all seen. Node's recursive watch on Linux watches file by file and loses those that are replaced.
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { PIPELINES_FOLDER } from '@towpath/sdk';

/** An editor's save is two to five events within some milliseconds; a `git pull` takes longer and is seen in parts. */
const DEBOUNCE_MS = 100;

/** Calls `listener` after changes below `pipelines/` have settled. Returns what stops it. */
export function watchModules(projectFolder: string, listener: () => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const notice = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // First the watches, then the look: what changes in between is noticed by the new ones.
      refresh();
      listener();
    }, DEBOUNCE_MS);
  };
  const refresh = (): void => {
    const wanted = new Set(listFolders(join(projectFolder, PIPELINES_FOLDER)));
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of wanted) if (!watchers.has(folder)) addWatcher(watchers, folder, notice);
  };
  refresh();
  // Only to see the folder itself come and go, renamed or restored by Git.
  const root = watch(projectFolder, (_, name) => {
    if (name === PIPELINES_FOLDER) notice();
  });
  root.on('error', () => root.close());
  return () => {
    clearTimeout(timer);
    root.close();
    for (const watcher of watchers.values()) watcher.close();
  };
}

function addWatcher(watchers: Map<string, FSWatcher>, folder: string, notice: () => void): void {
  try {
    const watcher = watch(folder, notice);
    // A watched folder that is removed: its parent's watch has told us, or will.
    watcher.on('error', () => watcher.close());
    watchers.set(folder, watcher);
  } catch {
    // Removed between listing and watching.
  }
}

function listFolders(folder: string): string[] {
  try {
    const inner = readdirSync(folder, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
    );
    return [folder, ...inner.flatMap(({ name }) => listFolders(join(folder, name)))];
  } catch {
    // It is not there, or not any more.
    return [];
  }
}
