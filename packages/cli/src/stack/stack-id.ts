import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const StackFile = z.object({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  /** The state folder; an older Towpath did not keep it. */
  folder: z.string().optional(),
});
const NAME = 'stack.json';

/** By which the containers, the network and the volumes of this state folder are called: its passwords open them, and no others. */
export function ensureStackId(stateFolder: string): string {
  const id = findStackId(stateFolder) ?? randomBytes(4).toString('hex');
  writeFileSync(join(stateFolder, NAME), `${JSON.stringify({ id, folder: realpathSync(stateFolder) })}\n`, {
    mode: 0o600,
  });
  return id;
}

/** Undefined: no stack was ever started for this folder. Nor for a copy of one that is still there: its stack is the other's. */
export function findStackId(stateFolder: string): string | undefined {
  const found = readStackFile(stateFolder);
  if (found?.folder === undefined || found.folder === realpathSync(stateFolder)) return found?.id;
  return readStackFile(found.folder)?.id === found.id ? undefined : found.id;
}

function readStackFile(stateFolder: string): z.infer<typeof StackFile> | undefined {
  try {
    return StackFile.safeParse(JSON.parse(readFileSync(join(stateFolder, NAME), 'utf8'))).data;
  } catch {
    return undefined;
  }
}
