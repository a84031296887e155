// Notices that the code of a project changes: one watch per folder, so that renames (how editors save), new files and new
// folders are all seen. Node's recursive watch on Linux watches file by file and loses those that are replaced.
import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PIPELINES_FOLDER } from '@towpath/sdk';

/** An editor's save is two to five events within some milliseconds; a `git pull` takes longer and is seen in parts. */
const DEBOUNCE_MS = 100;

export interface ModuleWatch {
  /** Watches these files, too, instead of those named before; relative to the project, they need not exist. */
  follow(files: readonly string[]): void;
  stop(): void;
}

/** Calls `listener` after changes below `pipelines/`, of `always` and of followed files have settled. */
export function watchModules(projectFolder: string, always: readonly string[], listener: () => void): ModuleWatch {
  const watchers = new Map<string, FSWatcher>();
  let followed = groupByFolder(projectFolder, always);
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
    const ofModules = listFolders(join(projectFolder, PIPELINES_FOLDER));
    // The project itself is always watched, to see folders come and go, renamed or restored by Git.
    const wanted = new Set([projectFolder, ...[...followed.keys()].filter((path) => existsSync(path)), ...ofModules]);
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of wanted) {
      if (watchers.has(folder)) continue;
      const isOfModules = ofModules.includes(folder);
      addWatcher(watchers, folder, (name) => {
        if (isOfModules || name === PIPELINES_FOLDER || followed.get(folder)?.has(name ?? '') === true) notice();
      });
    }
  };
  refresh();
  return {
    follow: (files) => {
      followed = groupByFolder(projectFolder, [...always, ...files]);
      refresh();
    },
    stop: () => {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** Names to listen for by folder: each file, and the folders on the way to it, since they may come later. */
function groupByFolder(projectFolder: string, files: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const file of files) {
    for (let path = file; path !== '.' && path !== '/'; path = dirname(path)) {
      const folder = join(projectFolder, dirname(path));
      groups.set(folder, (groups.get(folder) ?? new Set()).add(basename(path)));
    }
  }
  return groups;
}

function addWatcher(watchers: Map<string, FSWatcher>, folder: string, notice: (name: string | null) => void): void {
  try {
    const watcher = watch(folder, (_, name) => notice(name));
    // A watched folder that is removed: its parent's watch has told us, or will; the watch of a new one is a new one.
    const forget = (): void => {
      watcher.close();
      if (watchers.get(folder) === watcher) watchers.delete(folder);
    };
    watcher.on('error', forget);
    watchers.set(folder, watcher);
  } catch {
    // Not there yet, or removed between listing and watching.
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
