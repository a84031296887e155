// Files that a build would refuse because they lie elsewhere: what a link leads to is somebody's, and in no commit of the datakit.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { LEFT_OUT } from './left-out.ts';

/** Below these paths of the folder, each file whose content lies outside of it; what is not there is none. */
export function findOutsideLinks(folder: string, paths: readonly string[]): readonly string[] {
  const root = `${realpathSync(folder)}${sep}`;
  const look = (path: string): readonly string[] => {
    const stats = statSync(join(folder, path), { throwIfNoEntry: false });
    if (stats === undefined) return [];
    if (!realpathSync(join(folder, path)).startsWith(root)) return [path];
    if (!stats.isDirectory()) return [];
    const names = readdirSync(join(folder, path)).filter((name) => !LEFT_OUT.test(name));
    return names.flatMap((name) => look(posix.join(path, name)));
  };
  return [...new Set(paths.flatMap(look))];
}
