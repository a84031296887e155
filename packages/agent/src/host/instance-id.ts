// Which agent this is, among those that may have been given the same credential.
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a note of ours holds an id: what a power cut left half-written names nobody. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The id of a state folder; created with the first call. The state's lock must be held. */
export function getInstanceId(stateFolder: string): string {
  const path = join(stateFolder, 'instance-id');
  const known = readOrEmpty(path).trim();
  if (isUuid(known)) return known;
  const created = randomUUID();
  writeFileSync(`${path}.tmp`, `${created}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
  return created;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return '';
    throw thrown;
  }
}
