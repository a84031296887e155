// Pipeline modules with TypeScript tasks become one bundle: JavaScript that needs nothing but Node, packages included.
// esbuild reads and never runs the code. Limits: no native add-ons, and files that code reads by path are not in it.
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { MAX_BUNDLE_BYTES } from '@towpath/api';
import { type OutsideFiles, toBundledPath } from '@towpath/sdk';
import type { BuildFailure, BuildOptions, BuildResult, Message } from 'esbuild';
import { listOutside } from './list-outside.ts';
import { runEsbuild } from './run-esbuild.ts';

/** A bundle as it travels and is kept. */
export interface ProjectBundle {
  /** SHA-256 (hex) of the bytes. */
  readonly hash: string;
  /** JSON: the files by path, in order. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Files of the project it was made of, relative to it with `/`. */
  readonly inputs: readonly string[];
  /** Other files that it was made of. */
  readonly outside: OutsideFiles;
}

/** Why there is none, in the words of an evaluation's error. */
export interface BundleProblem {
  readonly code: string;
  readonly message: string;
  readonly cause: string;
}

/**
 * Bundles modules of a project; the same files give the same bytes. Never rejects for what is in the files: that is a
 * problem, with file and line. Costs 0.1 to 0.3 s, most of it the start of esbuild, which ends with it.
 */
export async function buildBundle(
  projectFolder: string,
  modules: readonly string[],
): Promise<ProjectBundle | BundleProblem> {
  const folder = realpathSync(projectFolder);
  try {
    return toBundle(folder, await runEsbuild(toOptions(folder, modules)));
  } catch (thrown) {
    if (!isBuildFailure(thrown)) throw thrown;
    return describeFailure(thrown.errors);
  }
}

/** Tells a problem from a bundle. */
export function isBundleProblem(built: ProjectBundle | BundleProblem): built is BundleProblem {
  return 'code' in built;
}

type Options = BuildOptions & { readonly write: false; readonly metafile: true };

function toOptions(folder: string, modules: readonly string[]): Options {
  return {
    absWorkingDir: folder,
    entryPoints: modules.map((path) => ({ in: path, out: toBundledPath(path).replace(/\.mjs$/, '') })),
    // Nothing is written there; it only makes the paths in source maps those of the project.
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // For stacks: names, files and lines of the author.
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
    // As Node reads the same files when it evaluates them: it knows no tsconfig.json, and no condition `module`.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    conditions: [],
  };
}

function toBundle(folder: string, { outputFiles, metafile }: BuildResult<Options>): ProjectBundle | BundleProblem {
  const files = outputFiles.map(({ path, text }) => [relative(folder, path).replaceAll(sep, '/'), text] as const);
  const ordered = files.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(ordered)));
  if (bytes.length > MAX_BUNDLE_BYTES) return tooLarge(bytes.length);
  const inputs = Object.keys(metafile.inputs).filter(isOwn).sort();
  const outside = listOutside(folder, metafile);
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes, inputs, outside };
}

function isOwn(path: string): boolean {
  return !path.startsWith('../') && !path.split('/').includes('node_modules');
}

function isBuildFailure(thrown: unknown): thrown is BuildFailure {
  return thrown instanceof Error && 'errors' in thrown && Array.isArray(thrown.errors);
}

/** An error that names more than this helps nobody. */
const MAX_PROBLEMS = 5;

function describeFailure(errors: readonly Message[]): BundleProblem {
  const native = errors.find(({ text }) => text.includes('".node" files'));
  return {
    code: native === undefined ? 'BUNDLE_FAILED' : 'BUNDLE_NATIVE_ADDON',
    message:
      native === undefined
        ? "The code of the TypeScript tasks can't be bundled."
        : 'A TypeScript task uses a native add-on, which a bundle can not carry: it is made for one kind of host.',
    cause: (native === undefined ? errors.slice(0, MAX_PROBLEMS) : [native]).map(formatMessage).join('\n'),
  };
}

function formatMessage({ text, location }: Message): string {
  if (location === null) return text;
  const { file, line, column, lineText } = location;
  return `${text}\n  at ${file}:${line}:${column + 1}\n  ${line} | ${lineText.slice(0, 200)}`;
}

function tooLarge(sizeBytes: number): BundleProblem {
  return {
    code: 'BUNDLE_TOO_LARGE',
    message: 'The code of the TypeScript tasks is too large.',
    cause: `With packages and source maps it has ${sizeBytes} bytes; at most ${MAX_BUNDLE_BYTES} are allowed.`,
  };
}
