import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TemplateFile } from './project-template.ts';

/** What became of one file. */
export interface WrittenFile {
  readonly path: string;
  /** False: a file of that name was there and was left as it is. */
  readonly isWritten: boolean;
}

/** Writes the files that are not there yet. An existing file is never opened for writing. */
export function writeProject(folder: string, files: readonly TemplateFile[]): readonly WrittenFile[] {
  return files.map(({ path, content }) => ({ path, isWritten: tryWrite(join(folder, path), content) }));
}

function tryWrite(path: string, content: string): boolean {
  ensureFolder(dirname(path));
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return false;
    throw thrown;
  }
}

// Level by level: Node's recursive mkdir never returns where the system answers ENOENT for a child of an existing
// folder, as /proc does.
function ensureFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return;
    if (!hasCode(thrown, 'ENOENT') || dirname(path) === path) throw thrown;
    ensureFolder(dirname(path));
    mkdirSync(path);
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
