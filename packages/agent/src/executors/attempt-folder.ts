// One attempt on disk. The folder is also the spool: it stays until the server has the whole log and the end.
//
//   record.json  what was started, without its environment, which may hold secrets; who runs it and under which epoch.
//                There before "go", so without it nothing was started
//   inputs.json  parameters.json  what the attempt reads
//   output.log   stdout and stderr     result.json  written by the command     exit  written by the shim
//   ending.json  why we asked it to end     work/ tmp/  the command's own
//
// Nothing is synced to the disk, only renamed into place. What another process wrote survives that process, however it
// was killed: it lies in the kernel. Only a power cut or a crash of the kernel can lose it, and then nothing of the
// attempt runs any more either (another boot id says so). What is missing then is worth the same as what is there:
// without its record the folder is deleted and the server ends the attempt as lost; with an old epoch the server
// refuses it; without ending.json it is HOST_RESTARTED, and the server remembers by itself what was cancelled. So a sync
// would guard nothing, and four of them were most of what starting a command costs. Nor is there a file more than is needed:
// where directories come and go by the hundred, an inode costs as much as a query.
import { randomUUID } from 'node:crypto';
import { appendFileSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdir, unlink, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { AttemptSpecification } from './executor.ts';
import { FOLLOWING_LINKS, readOwnFile, readOwnText } from './own-file.ts';

/** What was started; which executor did it decides what else is in it. */
export const RECORD_FILE = 'record.json';

/** With the exit status of a process, written by its shim. */
export const EXIT_FILE = 'exit';

/** What every record keeps of the specification. */
export const SpecFile = z.object({
  attemptId: z.string(),
  specHash: z.string(),
  timeoutSeconds: z.number(),
  /** Of the log, without the newline; an older agent did not keep it. */
  firstLine: z.string().optional(),
  /** For the agent that adopts it. */
  note: z.unknown().optional(),
});

/** Files of an attempt as it begins. */
export interface InitialFiles {
  readonly firstLine: string;
  readonly inputs: object;
  readonly parameters: object;
}

const EndingFile = z.object({ reasonCode: z.enum(['CANCELLED', 'TIMED_OUT']) });
/** Why we ended an attempt: asked to, or its time was over. */
export type EndingReason = z.infer<typeof EndingFile>['reasonCode'];

/** Paths inside an attempt folder. */
export interface AttemptFolder {
  readonly path: string;
  readonly log: string;
  readonly result: string;
  readonly inputs: string;
  readonly parameters: string;
  readonly work: string;
  readonly temporary: string;
}

/** Names the parts of a folder; touches nothing. */
export function locateFolder(path: string): AttemptFolder {
  return {
    path,
    log: join(path, 'output.log'),
    result: join(path, 'result.json'),
    inputs: join(path, 'inputs.json'),
    parameters: join(path, 'parameters.json'),
    work: join(path, 'work'),
    temporary: join(path, 'tmp'),
  };
}

/** The files, without the environment: that may hold secrets. */
export function toInitialFiles(specification: AttemptSpecification): InitialFiles {
  const { inputs, parameters, firstLine } = specification;
  return { firstLine, inputs, parameters };
}

/** Creates the folder, empty but for what the command may write to. It must not exist. */
export function createFolder(folder: AttemptFolder): void {
  mkdirSync(folder.path, { mode: 0o700 });
  mkdirSync(folder.work);
  mkdirSync(folder.temporary);
}

/** Whether there is something under its path. */
export function hasFolder({ path }: AttemptFolder): boolean {
  return isThere(path);
}

/** Writes what an attempt begins with. */
export function writeInitialFiles(folder: AttemptFolder, { firstLine, inputs, parameters }: InitialFiles): void {
  writeFileSync(folder.inputs, JSON.stringify(inputs), { mode: 0o600 });
  writeFileSync(folder.parameters, JSON.stringify(parameters), { mode: 0o600 });
  appendLog(folder, `${firstLine}\n`);
}

/** Appends a line of ours to the log. */
export function appendLog(folder: AttemptFolder, text: string): void {
  appendFileSync(folder.log, text, { mode: 0o600 });
}

/** Records why we end the attempt, so that the next agent says the same. */
export function writeEnding(folder: AttemptFolder, reasonCode: EndingReason): void {
  replaceFile(folder, 'ending.json', { reasonCode });
}

/** Why we asked the attempt to end; undefined when we did not. */
export function findEnding(folder: AttemptFolder): EndingReason | undefined {
  return readJson(join(folder.path, 'ending.json'), EndingFile)?.reasonCode;
}

/** In place of a result there is something that is no file, or that we may not read. */
export const NO_FILE = Symbol('no file');

/** The result document as bytes, at most `maxBytes` + 1 of them; undefined when the command wrote none. */
export function findResultBytes(folder: AttemptFolder, maxBytes: number): Uint8Array | typeof NO_FILE | undefined {
  if (!isThere(folder.result)) return undefined;
  // Only a part is read: the command may have left something huge.
  const bytes = readOwnFile(folder.result, { offset: 0, maxBytes: maxBytes + 1, flags: FOLLOWING_LINKS });
  return bytes ?? (isThere(folder.result) ? NO_FILE : undefined);
}

/** Deletes everything; harmless when there is nothing. Commands may leave folders without write permission. */
export async function deleteFolder(folder: AttemptFolder): Promise<void> {
  if (!isThere(folder.path) || (await tryDeleteOwn(folder))) return;
  await rm(folder.path, { recursive: true, force: true, maxRetries: 3 });
}

/** All that is ours. */
const OWN_FILES = [RECORD_FILE, 'inputs.json', 'parameters.json', 'output.log', EXIT_FILE] as const;

// Not the calls of node:fs/promises, which cost several times as much; and not synchronous ones, since deleting a directory
// waits for the disk: a millisecond or more when it is busy.
const deleteFile = promisify(unlink);
const deleteDirectory = promisify(rmdir);

/** Whether a folder holds nothing but our own files and the command's folders. @throws Error of the system */
export function holdsOnlyOwnFiles(folder: AttemptFolder): boolean {
  const own: readonly string[] = [...OWN_FILES, ...[folder.work, folder.temporary].map((path) => basename(path))];
  return readdirSync(folder.path).every((name) => own.includes(name));
}

/** The usual folder holds nothing but our own files; false when there is more. */
async function tryDeleteOwn(folder: AttemptFolder): Promise<boolean> {
  try {
    const files = OWN_FILES.map((name) => deleteFile(join(folder.path, name)));
    await Promise.all([deleteDirectory(folder.work), deleteDirectory(folder.temporary), ...files]);
    await deleteDirectory(folder.path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Replaces a note of ours: a reader sees the old file or the whole new one. Under a name that nobody can have taken: what the
 * attempt put in the way of our note must not keep us from ending it.
 */
export function replaceFile(folder: AttemptFolder, name: string, value: object): void {
  const path = join(folder.path, name);
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}

/** A note of ours; undefined when there is none that can be read. */
export function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  const text = readOwnText(path);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // Cut off by a power cut: as good as never written.
    return undefined;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
