// Which files of a project are pipeline modules. Child and parent must agree on it: one evaluates, the other hashes.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of a project in which every module is evaluated. */
export const PIPELINES_FOLDER = 'pipelines';

const MODULE = /\.(?:ts|js|mjs)$/;
/** Declarations hold nothing to evaluate, and tests would register what they define. */
const NOT_A_PIPELINE = /\.(?:d|test)\.(?:ts|js|mjs)$/;

/**
 * Paths of the pipeline modules relative to the project, with `/`, sorted by code unit. Empty when the folder is
 * missing. Names that begin with a dot are left out: editors keep their temporary files so.
 */
export function listSourceFiles(projectFolder: string): readonly string[] {
  return listFolder(projectFolder, PIPELINES_FOLDER).sort((a, b) => (a < b ? -1 : 1));
}

function listFolder(projectFolder: string, folder: string): string[] {
  const entries = readEntries(join(projectFolder, folder));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    if (entry.isDirectory()) return listFolder(projectFolder, path);
    return MODULE.test(entry.name) && !NOT_A_PIPELINE.test(entry.name) ? [path] : [];
  });
}

function readEntries(folder: string): ReturnType<typeof readDirectory> {
  try {
    return readDirectory(folder);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}

function readDirectory(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}
