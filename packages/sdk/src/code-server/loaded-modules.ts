// Which files the pipeline modules of a project were made of: those they import from `lib/` and elsewhere are watched and hashed
// like the modules themselves, and a release has all of them in its commit. Node's own loader is asked, so nothing is guessed from the text.
import { realpathSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OutsideFiles } from './evaluation.ts';

/** Files that were loaded so far. */
export interface LoadedModules {
  /** Of the project, relative to it with `/`; also those that were asked for and are not there. */
  readonly modules: readonly string[];
  readonly outside: OutsideFiles;
}

/** Begins to note; call it before the first module is loaded. `folder` is the real path of the project. */
export function noteLoadedModules(folder: string): () => LoadedModules {
  const own = new Set<string>();
  const linked = new Set<string>();
  registerHooks({
    resolve: (specifier, { parentURL = '', ...context }, next) => {
      const isOwn = !linked.has(parentURL) || own.has(parentURL);
      // One that is not there is noted as well: writing it is what corrects the error.
      if (isPath(specifier) && parentURL !== '' && isOwn) own.add(new URL(specifier, parentURL).href);
      const resolved = next(specifier, { parentURL, ...context });
      (isOwn && isOfProject(specifier) ? own : linked).add(resolved.url);
      return resolved;
    },
  });
  return () => ({
    modules: listUnique(own, (url) => keepOwn(url, folder)),
    outside: {
      reached: listUnique(own, (url) => keepOutside(url, folder)),
      linked: listUnique(linked, (url) => keepOutside(url, folder)),
    },
  });
}

function listUnique(urls: ReadonlySet<string>, keep: (url: string) => readonly string[]): readonly string[] {
  return [...new Set([...urls].flatMap(keep))].sort();
}

function isPath(specifier: string): boolean {
  return /^(?:\.{0,2}\/|file:)/.test(specifier);
}

/** A path, or a name under `imports` of its own package.json; everything else is a package, or Node's. */
function isOfProject(specifier: string): boolean {
  return isPath(specifier) || specifier.startsWith('#');
}

/** The path relative to the project with `/`; none when it lies elsewhere, or belongs to an installed package. */
function keepOwn(url: string, folder: string): string[] {
  if (!url.startsWith('file:')) return [];
  const path = relative(folder, fileURLToPath(url)).replaceAll(sep, '/');
  return path.startsWith('../') || isInstalled(path) ? [] : [path];
}

/** The real path of a file outside of the project that no package manager has written. */
function keepOutside(url: string, folder: string): string[] {
  if (!url.startsWith('file:')) return [];
  const path = findRealPath(fileURLToPath(url));
  if (path === undefined || isInstalled(path.replaceAll(sep, '/'))) return [];
  return relative(folder, path).startsWith('..') ? [path] : [];
}

function isInstalled(path: string): boolean {
  return path.split('/').includes('node_modules');
}

function findRealPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
