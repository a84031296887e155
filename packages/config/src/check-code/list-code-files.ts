import { readdirSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { TowpathError } from '@towpath/core';

/** Folders that hold no code of pipelines: what is installed, built, generated; configuration and deployment, which are per environment; tests, which name environments on purpose. */
const SKIPPED = new Set([
  'node_modules',
  'dist',
  'build',
  'target',
  'dbt_packages',
  '__pycache__',
  'venv',
  'config',
  'deploy',
  'k8s',
  'terraform',
  'environments',
  'test',
  'tests',
]);

const TEST_FILE = /(?:\.test\.[cm]?[jt]sx?|\.d\.[cm]?ts|^test_.*\.py|_test\.py)$/;

/** Files of a project with these endings, relative to it, with `/`, in order. What is named in `paths` is taken in any case. */
export function listCodeFiles(folder: string, paths: readonly string[], endings: readonly string[]): readonly string[] {
  const files =
    paths.length === 0
      ? listFolder(folder, endings)
      : paths.flatMap((path) => listNamed(join(folder, path), path, endings));
  const names = files.map((file) => relative(folder, file).split(sep).join('/'));
  return [...new Set(names)].filter((name) => name !== 'towpath.yaml').sort();
}

function listNamed(path: string, name: string, endings: readonly string[]): readonly string[] {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts?.isDirectory()) return listFolder(path, endings);
  if (facts?.isFile()) return [path];
  throw new TowpathError({
    code: 'PATH_MISSING',
    message: `There is no ${name} in this project.`,
    fix: 'Name files or folders relative to the project.',
  });
}

function listFolder(folder: string, endings: readonly string[]): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : listFolder(path, endings);
    // Links are not followed: they may lead out of the project, or in circles.
    return entry.isFile() && endings.includes(extname(entry.name)) && !TEST_FILE.test(entry.name) ? [path] : [];
  });
}
