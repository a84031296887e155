// The files outside of a project that went into its bundle, by the way they were reached.
import { resolve } from 'node:path';
import type { OutsideFiles } from '@towpath/sdk';
import type { Metafile } from 'esbuild';

/** Files below `node_modules` are left out: whoever installs packages answers for those. Paths of the metafile are relative to `folder`. */
export function listOutside(folder: string, { inputs, outputs }: Metafile): OutsideFiles {
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => (entryPoint === undefined ? [] : [entryPoint]));
  const reached = follow(entries, inputs);
  const others = Object.keys(inputs).filter((path) => !reached.has(path));
  return { reached: keepOutside(folder, [...reached]), linked: keepOutside(folder, others) };
}

/** What the project itself names, by path or by `imports` of its package.json; packages are not entered. */
function follow(entries: readonly string[], inputs: Metafile['inputs']): ReadonlySet<string> {
  const reached = new Set(entries);
  for (const path of reached) {
    for (const { path: imported, original, external } of inputs[path]?.imports ?? [])
      if (!external && original !== undefined && /^(?:[./#]|file:)/.test(original)) reached.add(imported);
  }
  return reached;
}

function keepOutside(folder: string, paths: readonly string[]): readonly string[] {
  const outside = paths.filter((path) => path.startsWith('../') && !path.split('/').includes('node_modules'));
  return outside.map((path) => resolve(folder, path)).sort();
}
