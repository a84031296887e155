// What is running for a state folder: written by `dev`, read by every command that talks to it.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isProcessAlive } from '@towpath/agent';
import { z } from 'zod';
import { findStackId } from '../stack/stack-id.ts';

/** Folder that holds all state of a laptop's Towpath; safe to delete when nothing runs. */
export const STATE_FOLDER = '.towpath';

const Identity = z.object({ pid: z.number().int(), startTime: z.string() });

/** A terminal holds it, or it is in the background; `npx towpath stop` ends both. */
const AsProcess = z.object({ mode: z.enum(['foreground', 'background']), process: Identity });

/** Containers of a Docker engine; `stack` is their label. */
const AsContainers = z.object({
  mode: z.literal('containers'),
  stack: z.string(),
  registry: z.string(),
  /** With which `up` writes to it. */
  registryPassword: z.string(),
  // No process vouches for it: a record that came with somebody's repository must not send commands elsewhere.
  url: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
});

const Shared = z.object({
  url: z.url(),
  /** Access token of this machine's user; the file is readable by nobody else. */
  token: z.string(),
  warehouse: z.object({ host: z.string(), port: z.number().int(), database: z.string(), user: z.string() }),
  mock: z.object({ host: z.string(), port: z.number().int() }),
  /** Of other environments, in the same PostgreSQL. */
  warehouses: z.array(z.object({ environment: z.string(), database: z.string(), user: z.string() })).default([]),
  projectFolder: z.string(),
});
const InstanceRecord = z.discriminatedUnion('mode', [
  AsProcess.extend(Shared.shape),
  AsContainers.extend(Shared.omit({ url: true }).shape),
]);
export type InstanceRecord = z.infer<typeof InstanceRecord>;

const MockRecord = z.object({ process: Identity, host: z.string(), port: z.number().int() });
export type MockRecord = z.infer<typeof MockRecord>;

/**
 * The running instance of a state folder; undefined when none runs (a record left by a killed one counts as none). Containers
 * are taken for running until `npx towpath stop`: their engine starts them again.
 */
export function findInstance(stateFolder: string): InstanceRecord | undefined {
  const found = readInstance(stateFolder);
  if (found === undefined) return undefined;
  // A copied folder has the record of another's stack.
  const isRunning =
    found.mode === 'containers' ? found.stack === findStackId(stateFolder) : isProcessAlive(found.process);
  return isRunning ? found : undefined;
}

/** The record of an instance that did not end by itself: it was killed, and what it started may still run. */
export function findKilledInstance(stateFolder: string): InstanceRecord | undefined {
  return findInstance(stateFolder) === undefined ? readInstance(stateFolder) : undefined;
}

function readInstance(stateFolder: string): InstanceRecord | undefined {
  return InstanceRecord.safeParse(readJson(join(stateFolder, 'instance.json'))).data;
}

/** The mock SQL Server that runs by itself (`towpath mock-sqlserver --detach`) for a state folder. */
export function findMock(stateFolder: string): MockRecord | undefined {
  const found = MockRecord.safeParse(readJson(join(stateFolder, 'mock.json'))).data;
  return found !== undefined && isProcessAlive(found.process) ? found : undefined;
}

/** Says that this process runs the instance. */
export function writeInstance(stateFolder: string, record: InstanceRecord): void {
  writePrivately(join(stateFolder, 'instance.json'), record);
}

/** Says that this process runs the mock. */
export function writeMock(stateFolder: string, record: MockRecord): void {
  writePrivately(join(stateFolder, 'mock.json'), record);
}

/** Forgets the instance; harmless when there is none. */
export function removeInstance(stateFolder: string): void {
  rmSync(join(stateFolder, 'instance.json'), { force: true });
}

/** Forgets the mock; harmless when there is none. */
export function removeMock(stateFolder: string): void {
  rmSync(join(stateFolder, 'mock.json'), { force: true });
}

/** The nearest state folder at or above a folder that has a running instance; undefined when there is none. */
export function findStateFolder(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, STATE_FOLDER);
    if (findInstance(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Absent or half-written by a machine that lost power: either way nothing is recorded.
    return undefined;
  }
}

function writePrivately(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
