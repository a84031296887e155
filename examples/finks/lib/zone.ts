// A zone is a bucket: here a folder, so that the example needs no cloud. A zone carries the name of its environment in a
// mark that is set once; nothing is written to a zone of another one.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ConfigurationError } from 'towpath';

/** File in a zone that says whose it is. */
const ZONE_MARK = '.environment';

/** Where a zone is, and who wants to use it. */
export interface Zone {
  readonly folder: string;
  readonly bucket: string;
  readonly environment: string;
}

/** Marks a zone as one of this environment; a mark that is there already stays. */
export function claimZone(zone: Zone): void {
  mkdirSync(join(zone.folder, zone.bucket), { recursive: true });
  if (readMark(zone) === undefined) writeFileSync(markPath(zone), `${zone.environment}\n`);
}

/** Writes an object whole or not at all: a reader never sees half of it. */
export function writeObject(zone: Zone, key: string, text: string): string {
  checkZone(zone);
  const path = objectPath(zone, key);
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
  return `s3://${zone.bucket}/${key}`;
}

/** An object's text; undefined when there is none. */
export function readObject(zone: Zone, key: string): string | undefined {
  checkZone(zone);
  const path = objectPath(zone, key);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Keys below a prefix, in order. */
export function listObjects(zone: Zone, prefix: string): readonly string[] {
  checkZone(zone);
  const folder = objectPath(zone, prefix);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(prefix, parentPath.slice(folder.length), name)).sort();
}

function checkZone(zone: Zone): void {
  const mark = readMark(zone);
  if (mark === zone.environment) return;
  const whose = mark === undefined ? 'nobody has claimed it' : `it belongs to ${mark}`;
  throw new ConfigurationError(`[${zone.environment.toUpperCase()}] zone ${zone.bucket} is not ours: ${whose}`);
}

function readMark(zone: Zone): string | undefined {
  return existsSync(markPath(zone)) ? readFileSync(markPath(zone), 'utf8').trim() : undefined;
}

function markPath({ folder, bucket }: Zone): string {
  return join(folder, bucket, ZONE_MARK);
}

function objectPath({ folder, bucket }: Zone, key: string): string {
  const path = normalize(key);
  if (path.startsWith('..') || path.startsWith('/')) throw new Error(`${key} is outside of its zone`);
  return join(folder, bucket, path);
}
