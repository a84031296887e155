// Retention of a zone that is a folder. Objects are files; a file that somebody replaces between the list and its removal
// is young again and stays.
import { existsSync, lstatSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { isPastRetention } from '@towpath/core';
import { MARKER_FILE } from '../targets/folder/folder-target.ts';

/** An object of a zone. */
export interface ZoneObject {
  /** Relative to the zone, with `/`. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly loadedAt: Date;
}

/** Lists the objects that were loaded before `cutoff`, oldest first. Names that begin with a dot are marks, no data. */
export function listExpiredObjects(zoneFolder: string, cutoff: Date): readonly ZoneObject[] {
  // A zone that is a link is another one's.
  if (!lstatSync(zoneFolder).isDirectory()) return [];
  const objects = listFiles(zoneFolder).flatMap((path) => {
    const found = findObject(zoneFolder, path);
    return found && isPastRetention(found, cutoff) ? [found] : [];
  });
  return objects.sort((a, b) => a.loadedAt.getTime() - b.loadedAt.getTime() || (a.key < b.key ? -1 : 1));
}

/** Removes objects that are still past `cutoff`, and folders that became empty. Returns what was removed. */
export function removeExpiredObjects(
  zoneFolder: string,
  objects: readonly ZoneObject[],
  cutoff: Date,
): readonly ZoneObject[] {
  return objects.filter(({ key }) => {
    const path = join(zoneFolder, key);
    const current = findObject(zoneFolder, path);
    if (!current || !isPastRetention(current, cutoff)) return false;
    rmSync(path);
    removeEmptyFolders(dirname(path), zoneFolder);
    return true;
  });
}

// Folder by folder: Node's recursive listing follows links, and they may lead out of the zone.
// A folder with a marker was claimed by itself, and is not the zone's; whose the zone is was asserted before.
function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return existsSync(join(path, MARKER_FILE)) ? [] : listFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

function findObject(zoneFolder: string, path: string): ZoneObject | undefined {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (!facts?.isFile() || !isWithin(zoneFolder, path)) return undefined;
  return { key: relative(zoneFolder, path).replaceAll(sep, '/'), sizeBytes: facts.size, loadedAt: facts.mtime };
}

// A folder that somebody replaced by a link since it was listed leads elsewhere.
function isWithin(zoneFolder: string, path: string): boolean {
  return realpathSync(dirname(path)) === join(realpathSync(zoneFolder), relative(zoneFolder, dirname(path)));
}

function removeEmptyFolders(folder: string, zoneFolder: string): void {
  if (folder === zoneFolder || readdirSync(folder).length > 0) return;
  try {
    rmdirSync(folder);
  } catch (thrown) {
    // Somebody has put an object there in this moment.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOTEMPTY') return;
    throw thrown;
  }
  removeEmptyFolders(dirname(folder), zoneFolder);
}
