// Declarations for authors: what `import … from 'towpath'` says, from our packages, without naming any of them.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSource } from '../checks/source-file.ts';

const ENTRY = 'cli/sdk.ts';

/** Emits the declarations that the author's entry reaches into `folder`: `<folder>/cli/sdk.d.ts` and those behind it. */
export function writeDeclarations(folder: string): void {
  const draft = mkdtempSync('dist/types-');
  try {
    emit(draft);
    const waiting = [ENTRY];
    const done = new Set<string>();
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (done.has(path)) continue;
      done.add(path);
      waiting.push(...copyDeclaration(draft, folder, path));
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Writes `<package>/<path>.d.ts` for everything the entry reaches. */
function emit(draft: string): void {
  const config = {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      types: ['node'],
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: '../../packages',
      outDir: '.',
      stripInternal: true,
      // Not through node_modules: what is reached there first counts as foreign, and nothing is emitted for it. Which
      // way comes first differs from run to run, since the compiler reads files in parallel.
      paths: { '@towpath/*': ['../../packages/*/src/index.ts'] },
    },
    files: ['../../packages/cli/src/sdk.ts'],
  };
  writeFileSync(join(draft, 'tsconfig.json'), JSON.stringify(config));
  const words = ['node_modules/typescript/bin/tsc', '-p', join(draft, 'tsconfig.json')];
  execFileSync(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Copies one declaration with its imports made relative; returns the places of what it imports. */
function copyDeclaration(draft: string, folder: string, path: string): string[] {
  const [packageName = '', ...rest] = path.split('/');
  const source = join(draft, packageName, 'src', rest.join('/').replace(/\.ts$/, '.d.ts'));
  let text = readFileSync(source, 'utf8');
  const reached: string[] = [];
  for (const name of parseSource(source, text).imports) {
    const target = resolveImport(path, name);
    if (target === undefined) continue;
    reached.push(target);
    const place = relative(dirname(path), target).replace(/\.ts$/, '.js');
    const written = place.startsWith('.') ? place : `./${place}`;
    text = text.replaceAll(`'${name}'`, `'${written}'`).replaceAll(`"${name}"`, `"${written}"`);
  }
  const place = join(folder, path.replace(/\.ts$/, '.d.ts'));
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return reached;
}

/** The place of one of ours; undefined for Node and third parties. */
function resolveImport(from: string, name: string): string | undefined {
  if (name.startsWith('.')) return join(dirname(from), name);
  const packageName = /^@towpath\/([^/]+)$/.exec(name)?.[1];
  return packageName === undefined ? undefined : `${packageName}/index.ts`;
}
