import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandContext } from '../context.ts';

/** A file that is written from the declaration. */
export interface GeneratedFile {
  readonly folder: string;
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
}

/** What to do with it: print it, write it, or say whether the one on disk is of today's declaration. */
export type GeneratedUse = 'print' | 'write' | 'check';

/** Does so; returns the exit code, 1 for a file that is out of date. */
export function useGenerated(
  context: CommandContext,
  { folder, path, text }: GeneratedFile,
  use: GeneratedUse,
  command: string,
): number {
  if (use === 'print') context.out(text);
  if (use === 'print') return 0;
  const isFresh = readIfThere(join(folder, path)) === text;
  if (isFresh) context.out(`${path} is up to date.\n`);
  else if (use === 'check')
    context.out(`${path} is not what towpath.yaml says. Refresh it: npx towpath ${command} --write\n`);
  else {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    context.out(`${path} written.\n`);
  }
  return use === 'check' && !isFresh ? 1 : 0;
}

/** Reads the two options that such a command has. */
export function toUse({ write, check }: { readonly write?: boolean; readonly check?: boolean }): GeneratedUse {
  if (write) return 'write';
  return check ? 'check' : 'print';
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
