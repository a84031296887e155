// An attempt as a process, on disk: what was started, who runs it, and how the shim saw it end.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type AttemptFolder, EXIT_FILE, RECORD_FILE, readJson, replaceFile, SpecFile } from '../attempt-folder.ts';
import { readOwnText } from '../own-file.ts';

const ShimFile = z.object({
  epoch: z.number(),
  pid: z.number().int().positive(),
  /** See `ProcessIdentity`. */
  startTime: z.string(),
  bootId: z.string(),
  /** Seconds after that boot. */
  startedAtUptime: z.number(),
});
export type ShimFile = z.infer<typeof ShimFile>;

const RecordFile = z.object({
  spec: SpecFile,
  shim: ShimFile,
  /** For people who look into the folder. */
  work: z.unknown().optional(),
});
/** What the next agent needs to know of an attempt. */
export type ProcessRecord = z.infer<typeof RecordFile>;

/** Records a new attempt. Cut off half-way it counts for nothing, and nothing was started. */
export function writeRecord(folder: AttemptFolder, record: ProcessRecord): void {
  writeFileSync(join(folder.path, RECORD_FILE), JSON.stringify(record), { mode: 0o600, flag: 'wx' });
}

/** Records anew who runs the attempt. */
export function replaceRecord(folder: AttemptFolder, record: ProcessRecord): void {
  replaceFile(folder, RECORD_FILE, record);
}

/** What was started and who runs it; undefined when the attempt never got as far as its start. */
export function findRecord(folder: AttemptFolder): ProcessRecord | undefined {
  return readJson(join(folder.path, RECORD_FILE), RecordFile) ?? findOldRecord(folder);
}

/** As agents before 0.2 left it, in two files. */
function findOldRecord(folder: AttemptFolder): ProcessRecord | undefined {
  const spec = readJson(join(folder.path, 'spec.json'), SpecFile);
  const shim = readJson(join(folder.path, 'shim.json'), ShimFile);
  return spec === undefined || shim === undefined ? undefined : { spec, shim };
}

/** Exit status of the command as a shell counts it (128 + signal); undefined while it runs or when it was lost. */
export function findExitStatus(folder: AttemptFolder): number | undefined {
  const text = readOwnText(join(folder.path, EXIT_FILE));
  const status = /^(\d{1,3})\n$/.exec(text ?? '')?.[1];
  return status === undefined ? undefined : Number(status);
}
