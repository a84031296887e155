// How far the output of a Pod was copied, for whoever reads it next: the newest line, by its moment, and where in the file it
// begins. The file itself says how much of it is there; so it does not matter which of the two was written last before a kill -9.
import { join } from 'node:path';
import { z } from 'zod';
import { type AttemptFolder, readJson, replaceFile } from '../attempt-folder.ts';

const FILE = 'log-position.json';

const LogPosition = z.object({
  /** Moment of the line; undefined: the first there is. */
  lineAt: z.string().optional(),
  /** Bytes in front of it, in the file. */
  lineOffset: z.number(),
});
export type LogPosition = z.infer<typeof LogPosition>;

/** Replaces it. */
export function writeLogPosition(folder: AttemptFolder, position: LogPosition): void {
  replaceFile(folder, FILE, position);
}

/** `startOffset` is where the output begins, when nothing of it was copied yet. */
export function readLogPosition(folder: AttemptFolder, startOffset: number): LogPosition {
  return readJson(join(folder.path, FILE), LogPosition) ?? { lineOffset: startOffset };
}
