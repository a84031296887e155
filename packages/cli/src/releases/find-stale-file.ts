// Whether a manifest of dbt is of the files that lie there. It has checksums of models, seeds and snapshots, and the text of macros; all
// else (YAML, files that are new) is judged by when it was written.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** What a manifest says of a file. */
export interface ParsedFile {
  /** Relative to the project. */
  readonly path: string;
  /** Absent: it says none, or of the path alone, as for a seed above 1 MiB. */
  readonly sha256: string | undefined;
  readonly macro: string | undefined;
}

/** What is compared. */
export interface ParsedProject {
  readonly folder: string;
  /** All that lie there, relative to it. */
  readonly files: readonly string[];
  readonly parsed: readonly ParsedFile[];
  /** Milliseconds since 1970. */
  readonly parsedAt: number;
}

/** The first that is other than it was parsed, or not parsed at all. */
export function findStaleFile({ folder, files, parsed, parsedAt }: ParsedProject): string | undefined {
  const changed = parsed.find((file) => isChanged(folder, file));
  if (changed) return changed.path;
  const compared = new Set(parsed.flatMap(({ path, sha256: hash }) => (hash === undefined ? [] : [path])));
  const known = new Set(parsed.map(({ path }) => path));
  const isModel = toModelTest(folder);
  return files.find(
    (path) => (isModel(path) && !known.has(path)) || (!compared.has(path) && isLater(folder, path, parsedAt)),
  );
}

/** A time that can't be read is none that anything was written before. */
function isLater(folder: string, path: string, parsedAt: number): boolean {
  return !(statSync(join(folder, path)).mtimeMs <= parsedAt);
}

// What Python's str.split() takes for white space, but for U+001C to U+001F, which no file of SQL has.
const WHITE = /(?:[^\S\ufeff]|\u0085)+/g;

/**
 * dbt's checksum is of the file without the white space around it; from 1.12 on all white space of a model is one blank, and line ends of a
 * seed are `\n`. A macro is a part of its file.
 */
function isChanged(folder: string, { path, sha256: hash, macro }: ParsedFile): boolean {
  if (hash === undefined && macro === undefined) return false;
  try {
    const text = readFileSync(join(folder, path), 'utf8');
    if (macro !== undefined) return !fold(text).includes(fold(macro));
    const forms = [text.trim(), text.replaceAll('\r\n', '\n').trim(), fold(text)];
    return !forms.some((form) => sha256(form) === hash);
  } catch {
    return true;
  }
}

function fold(text: string): string {
  return text.replace(WHITE, ' ').trim();
}

const DbtProject = z
  .object({ 'model-paths': z.array(z.string()).default(['models']) })
  .catch({ 'model-paths': ['models'] });

/** Says which files are models wherever they come from; where `.dbtignore` leaves some out, none are known to be. */
function toModelTest(folder: string): (path: string) => boolean {
  const declaration = join(folder, 'dbt_project.yml');
  if (existsSync(join(folder, '.dbtignore')) || !existsSync(declaration)) return () => false;
  const { 'model-paths': roots } = DbtProject.parse(parse(readFileSync(declaration, 'utf8')));
  return (path) => /\.(sql|py)$/.test(path) && roots.some((root) => path.startsWith(`${root.replace(/\/$/, '')}/`));
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
