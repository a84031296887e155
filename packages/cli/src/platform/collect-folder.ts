// A folder of this machine as files of a layer, links as links.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { LayerFile, LayerLink } from '@towpath/oci';

type IsWanted = (name: string, source: string) => boolean;

/** All below `folder`, placed at `target`; what `isWanted` says no to, by name and source, is left out, folders with all in them. */
export function collectFolder(
  folder: string,
  target: string,
  isWanted: IsWanted = () => true,
): readonly (LayerFile | LayerLink)[] {
  return readdirSync(folder)
    .filter((name) => isWanted(name, join(folder, name)))
    .flatMap((name) => collectEntry(join(folder, name), posix.join(target, name), isWanted));
}

function collectEntry(source: string, path: string, isWanted: IsWanted): readonly (LayerFile | LayerLink)[] {
  const stats = lstatSync(source);
  if (stats.isDirectory()) return collectFolder(source, path, isWanted);
  if (stats.isSymbolicLink()) return [{ path, target: readlinkSync(source) }];
  if (!stats.isFile()) return [];
  return [{ path, bytes: readFileSync(source), isExecutable: (stats.mode & 0o111) !== 0 }];
}
