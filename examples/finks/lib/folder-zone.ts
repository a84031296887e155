import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { checkMark, type Zone, type ZoneRequest } from './zone.ts';

/** File in a zone that says whose it is. */
const ZONE_MARK = '.environment';

/** Marks a zone in this folder as one of an environment; a mark that is there already stays. */
export function claimFolderZone(folder: string, { bucket, environment }: ZoneRequest): void {
  const zone = join(folder, bucket);
  mkdirSync(zone, { recursive: true });
  if (readMark(zone) === undefined) writeFileSync(join(zone, ZONE_MARK), `${environment}\n`);
}

/** Opens a zone in this folder. */
export function openFolderZone(folder: string, request: ZoneRequest): Zone {
  const zone = join(folder, request.bucket);
  checkMark(request, readMark(zone));
  return {
    write: async (key, text) => {
      const path = objectPath(zone, key);
      mkdirSync(dirname(path), { recursive: true });
      const draft = `${path}.${process.pid}`;
      writeFileSync(draft, text);
      renameSync(draft, path);
      return `s3://${request.bucket}/${key}`;
    },
    read: async (key) => {
      const path = objectPath(zone, key);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    },
    list: async (prefix) => listFiles(objectPath(zone, prefix), prefix),
  };
}

function listFiles(folder: string, prefix: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(prefix, parentPath.slice(folder.length), name)).sort();
}

function readMark(zone: string): string | undefined {
  const path = join(zone, ZONE_MARK);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

function objectPath(zone: string, key: string): string {
  const path = normalize(key);
  if (path.startsWith('..') || path.startsWith('/')) throw new Error(`${key} is outside of its zone`);
  return join(zone, path);
}
