// The files of a dbt project that decide what its models are: not what dbt writes itself, installs or keeps for one person.
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

const DECIDING = /\.(sql|py|csv|ya?ml)$/;
/** What dbt writes and installs, and `profiles.yml`: it says where data lies, and is often one person's. */
const FOREIGN = ['target', 'logs', 'dbt_packages', 'dbt_modules', 'node_modules', 'profiles.yml'];

/** Their paths relative to the project, with `/`, in order. Links to folders are followed, as dbt does. */
export function listDbtFiles(folder: string): readonly string[] {
  const seen = new Set<string>();
  const own = listNames(folder, seen).filter((name) => !FOREIGN.includes(name));
  return own.flatMap((name) => listFiles(folder, name, seen)).sort();
}

function listFiles(folder: string, path: string, seen: Set<string>): readonly string[] {
  const stat = statSync(join(folder, path), { throwIfNoEntry: false });
  if (stat?.isFile()) return DECIDING.test(path) ? [path] : [];
  if (!stat?.isDirectory()) return [];
  return listNames(join(folder, path), seen).flatMap((name) => listFiles(folder, `${path}/${name}`, seen));
}

/** Of a folder that was not met before. One that Python made for itself has none. */
function listNames(folder: string, seen: Set<string>): readonly string[] {
  const real = realpathSync(folder);
  if (seen.has(real) || existsSync(join(real, 'pyvenv.cfg'))) return [];
  seen.add(real);
  return readdirSync(real).filter((name) => !name.startsWith('.'));
}
