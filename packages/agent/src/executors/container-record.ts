// An attempt as a container, on disk: what was started, under which epoch, and since when.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type AttemptFolder, RECORD_FILE, readJson, replaceFile, SpecFile } from './attempt-folder.ts';

const ContainerRecord = z.object({
  spec: SpecFile,
  epoch: z.number(),
  /** The host's boot, and seconds after it: a time limit counts from here. */
  bootId: z.string(),
  startedAtUptime: z.number(),
  /** Its container was started; without one it was removed then. */
  isStarted: z.boolean(),
});
export type ContainerRecord = z.infer<typeof ContainerRecord>;

/** Records a new attempt, before anything is asked of the engine. */
export function writeContainerRecord(folder: AttemptFolder, record: ContainerRecord): void {
  writeFileSync(join(folder.path, RECORD_FILE), JSON.stringify(record), { mode: 0o600, flag: 'wx' });
}

/** Records it anew. */
export function replaceContainerRecord(folder: AttemptFolder, record: ContainerRecord): void {
  replaceFile(folder, RECORD_FILE, record);
}

/** Undefined when the attempt never got as far. */
export function findContainerRecord(folder: AttemptFolder): ContainerRecord | undefined {
  return readJson(join(folder.path, RECORD_FILE), ContainerRecord);
}
