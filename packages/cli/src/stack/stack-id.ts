import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const StackFile = z.object({ id: z.string().regex(/^[0-9a-f]{8}$/) });
const NAME = 'stack.json';

/** By which the containers, the network and the volumes of this state folder are called: its passwords open them, and no others. */
export function ensureStackId(stateFolder: string): string {
  const known = findStackId(stateFolder);
  if (known !== undefined) return known;
  const id = randomBytes(4).toString('hex');
  writeFileSync(join(stateFolder, NAME), `${JSON.stringify({ id })}\n`, { mode: 0o600 });
  return id;
}

/** Undefined: no stack was ever started for this folder. */
export function findStackId(stateFolder: string): string | undefined {
  const path = join(stateFolder, NAME);
  return existsSync(path) ? StackFile.parse(JSON.parse(readFileSync(path, 'utf8'))).id : undefined;
}
