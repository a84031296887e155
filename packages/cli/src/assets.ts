// Where the files beside the code are: in the npm package they lie in dist/assets, in the repository in their packages.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TowpathError } from '@towpath/core';

/** True when this code runs from the npm package (bundled), false in the repository. */
const isPacked = existsSync(new URL('./assets/', import.meta.url));

/** The built console. */
export function consoleFolder(): string {
  return pathOf('./assets/console', '../../console/dist');
}

/** Folders that hold a datakit.yaml: the datakits that come with Towpath, then those of the project's `datakits/`. */
export function datakitFolders(projectFolder: string): readonly string[] {
  const shipped = pathOf('./assets/datakits/sqlserver', '../../../datakits/sqlserver');
  const own = join(projectFolder, 'datakits');
  const names = existsSync(own) ? readdirSync(own).sort() : [];
  return [
    shipped,
    ...names.map((name) => join(own, name)).filter((folder) => existsSync(join(folder, 'datakit.yaml'))),
  ];
}

/** Entry of the child process that evaluates pipeline code; undefined lets the sdk use its own source. */
export function codeServerEntry(): string | undefined {
  return isPacked ? pathOf('./code-server.js', '') : undefined;
}

/** Entry of the process that starts attempts; undefined lets the agent use its own source. */
export function launcherEntry(): string | undefined {
  return isPacked ? pathOf('./launcher.js', '') : undefined;
}

/** Entry of the processes that run TypeScript tasks; undefined lets the sdk use its own source. */
export function taskRunnerEntry(): string | undefined {
  return isPacked ? pathOf('./task-runner.js', '') : undefined;
}

/** The npm package this code runs from, as images get it. @throws TowpathError `PACKAGE_MISSING` when it runs from the repository's sources */
export function packageFolder(): string {
  if (isPacked) return fileURLToPath(new URL('..', import.meta.url));
  throw new TowpathError({
    code: 'PACKAGE_MISSING',
    message: 'Images of Towpath are made of its npm package, and this runs from its sources.',
    fix: 'In the repository run `make deploy` or `make platform`, which make the package first.',
  });
}

function pathOf(packed: string, inRepository: string): string {
  return fileURLToPath(new URL(isPacked ? packed : inRepository, import.meta.url));
}
