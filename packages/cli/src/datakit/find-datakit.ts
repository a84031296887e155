// A datakit as people name it: by its folder, or by the name in its manifest.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { DATAKIT_FILE, type InstalledDatakit, readDatakit } from '@towpath/datakit';
import { datakitFolders } from '../assets.ts';

/** A folder with a manifest, below the current one or anywhere; else a datakit of this project or of Towpath. @throws TowpathError `DATAKIT_UNKNOWN`, `DATAKIT_MANIFEST_INVALID` */
export function findDatakit(cwd: string, text: string): InstalledDatakit {
  return readDatakit(findDatakitFolder(cwd, text));
}

/** Its folder, whatever its manifest is like. @throws TowpathError `DATAKIT_UNKNOWN` */
export function findDatakitFolder(cwd: string, text: string): string {
  const folder = resolve(cwd, text);
  if (existsSync(join(folder, DATAKIT_FILE))) return folder;
  const folders = datakitFolders(cwd);
  const found = folders.find((candidate) => nameOf(candidate) === text);
  if (found !== undefined) return found;
  throw new TowpathError({
    code: 'DATAKIT_UNKNOWN',
    message: `There is no datakit ${JSON.stringify(text)}.`,
    cause: `${folder} has no ${DATAKIT_FILE}, and no datakit here is called so: ${folders.map(nameOf).filter(Boolean).join(', ')}.`,
    fix: 'Name its folder, such as datakits/files, or make one with `npx towpath datakit new`.',
  });
}

function nameOf(folder: string): string | undefined {
  try {
    return readDatakit(folder).name;
  } catch {
    // One that can't be read has no name to be found by.
    return undefined;
  }
}
