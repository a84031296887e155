// Attempts as processes of this host, each under a shim in its own session, so that they outlive the agent.
// Limits: a process that leaves its session (setsid) is out of our reach, and nothing limits memory or CPU.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ErrorFacts, failpoint, formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';
import { getBootId, getUptimeSeconds } from '../../host/boot.ts';
import { findProcess } from '../../host/process-identity.ts';
import type { AttemptEnd, AttemptSpecification, Executor, HeldAttempt, Leftover } from '../executor.ts';
import { openLogFile } from '../log-file.ts';
import {
  type AttemptFolder,
  appendLog,
  createFolder,
  deleteFolder,
  findRecord,
  locateFolder,
  type SpecFile,
  writeShim,
} from './attempt-folder.ts';
import { findExecutable } from './find-executable.ts';
import { holdProcess } from './held-process.ts';
import { GO, SHIM_SCRIPT } from './shim-script.ts';
import { GONE, watchAdopted, watchChild } from './shim-watch.ts';

export interface ProcessExecutorOptions {
  /** Attempts live in `attempts/<attemptId>/` here. One agent at a time. */
  readonly stateFolder: string;
  /** From TERM to KILL when an attempt is cancelled or its time is over. */
  readonly graceMs?: number;
}

interface Host {
  readonly attempts: string;
  readonly shimPath: string;
  readonly graceMs: number;
}

/** Long enough for a COPY to be rolled back, short enough for a person who waits for Ctrl-C. */
const DEFAULT_GRACE_MS = 10_000;

/** Creates the executor; what earlier agents left in the folder stays as it is until it is asked for. */
export async function createProcessExecutor(options: ProcessExecutorOptions): Promise<Executor> {
  const stateFolder = resolve(options.stateFolder);
  const attempts = join(stateFolder, 'attempts');
  await mkdir(attempts, { recursive: true, mode: 0o700 });
  const host = { attempts, shimPath: await writeShimScript(stateFolder), graceMs: options.graceMs ?? DEFAULT_GRACE_MS };
  return {
    listLeftovers: () => listLeftovers(host),
    start: (specification) => startAttempt(host, specification),
    refuse: (specification, facts) => refuseAttempt(locate(host, specification.attemptId), specification, facts),
    adopt: (attemptId, epoch) => adoptAttempt(host, attemptId, epoch),
    discard: (attemptId) => discardAttempt(host, attemptId),
  };
}

// Renamed into place: shells read their script while it runs, so the file of running shims must not change.
async function writeShimScript(stateFolder: string): Promise<string> {
  const path = join(stateFolder, 'shim.sh');
  await writeFile(`${path}.tmp`, SHIM_SCRIPT, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
  return path;
}

function locate(host: Host, attemptId: string): AttemptFolder {
  return locateFolder(join(host.attempts, attemptId));
}

async function listLeftovers(host: Host): Promise<readonly Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const name of await readdir(host.attempts)) {
    const folder = locate(host, name);
    const record = await findRecord(folder);
    if (record?.spec.attemptId === name) {
      leftovers.push({ attemptId: name, epoch: record.shim.epoch, specHash: record.spec.specHash });
    } else {
      await deleteFolder(folder);
    }
  }
  return leftovers;
}

async function startAttempt(host: Host, specification: AttemptSpecification): Promise<HeldAttempt> {
  // The server grants an attempt anew only when it does not know of an earlier start of it here.
  await discardAttempt(host, specification.attemptId);
  const folder = locate(host, specification.attemptId);
  try {
    const spec = await createAttempt(folder, specification);
    failpoint('start.after-folder');
    const child = await spawnShim(host, folder, specification);
    failpoint('start.after-shim');
    return await letGo(host, folder, { spec, child, epoch: specification.epoch });
  } catch (thrown) {
    return refuseAttempt(folder, specification, startFacts(thrown));
  }
}

async function createAttempt(folder: AttemptFolder, specification: AttemptSpecification): Promise<SpecFile> {
  const { attemptId, specHash, argv, timeoutSeconds, firstLine } = specification;
  const spec = { attemptId, specHash, argv: [...argv], timeoutSeconds };
  await createFolder(folder, spec, firstLine);
  return spec;
}

async function spawnShim(
  host: Host,
  folder: AttemptFolder,
  { argv, environmentVariables }: AttemptSpecification,
): Promise<ChildProcess> {
  const [word = '', ...words] = argv;
  const path = environmentVariables.PATH ?? '';
  const executable = findExecutable(word, path, folder.work);
  if (executable === undefined) throw commandMissing(word, path);
  const output = await open(folder.log, 'a');
  try {
    const child = spawn('/bin/sh', [host.shimPath, folder.path, '--', executable, ...words], {
      cwd: folder.work,
      env: {
        ...environmentVariables,
        TOWPATH_RESULT: folder.result,
        TMPDIR: folder.temporary,
        PWD: folder.work,
      },
      detached: true,
      stdio: ['pipe', output.fd, output.fd],
    });
    await new Promise<void>((done, failed) => child.once('spawn', done).once('error', failed));
    return child;
  } finally {
    await output.close();
  }
}

/** Records the shim on disk and only then lets it start the command. */
async function letGo(
  host: Host,
  folder: AttemptFolder,
  started: { readonly spec: SpecFile; readonly child: ChildProcess; readonly epoch: number },
): Promise<HeldAttempt> {
  const { spec, child, epoch } = started;
  const watch = watchChild(child);
  // The pipe breaks when the shim was killed meanwhile; that is seen as its end.
  child.stdin?.on('error', () => undefined);
  try {
    const identity = child.pid === undefined ? undefined : findProcess(child.pid);
    if (identity === undefined) throw shellEnded();
    const shim = { ...identity, epoch, bootId: getBootId(), startedAtUptime: getUptimeSeconds() };
    await writeShim(folder, shim);
    failpoint('start.after-record');
    child.stdin?.end(GO);
    failpoint('start.after-go');
    return holdProcess({ folder, spec, shim, watch, graceMs: host.graceMs, hasHostRestarted: false });
  } catch (thrown) {
    // End of input before "go": it exits without starting anything.
    child.stdin?.destroy();
    throw thrown;
  }
}

async function adoptAttempt(host: Host, attemptId: string, epoch: number): Promise<HeldAttempt> {
  const folder = locate(host, attemptId);
  const record = await findRecord(folder);
  if (record === undefined) throw leftoverMissing(attemptId);
  const shim = { ...record.shim, epoch };
  failpoint('adopt.before-record');
  await writeShim(folder, shim);
  failpoint('adopt.after-record');
  const hasHostRestarted = shim.bootId !== getBootId();
  const watch = hasHostRestarted ? GONE : watchAdopted(folder, shim);
  return holdProcess({ folder, spec: record.spec, shim, watch, graceMs: host.graceMs, hasHostRestarted });
}

async function discardAttempt(host: Host, attemptId: string): Promise<void> {
  const folder = locate(host, attemptId);
  const record = await findRecord(folder);
  const held = record === undefined ? undefined : await adoptAttempt(host, attemptId, record.shim.epoch);
  await held?.remove();
  await deleteFolder(folder);
}

async function refuseAttempt(
  folder: AttemptFolder,
  specification: AttemptSpecification,
  facts: ErrorFacts,
): Promise<HeldAttempt> {
  // The folder may be what could not be written; then there is no log, and the reason still says why.
  await createAttempt(folder, specification).catch(() => undefined);
  await appendLog(folder, `${formatErrorLines(facts)}\n`).catch(() => undefined);
  const reason = [facts.message, facts.cause].filter(Boolean).join(' ');
  const end: AttemptEnd = { outcome: 'errored', exitCode: null, reasonCode: 'START_FAILED', reason, result: null };
  return {
    attemptId: specification.attemptId,
    specHash: specification.specHash,
    ended: Promise.resolve(end),
    log: openLogFile(folder.log),
    cancel: () => undefined,
    // Not kept: to an agent after this one it never started.
    writeEpoch: () => Promise.resolve(),
    remove: () => deleteFolder(folder),
    detach: () => undefined,
  };
}

function startFacts(thrown: unknown): ErrorFacts {
  if (thrown instanceof TowpathError) return toErrorFacts(thrown);
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'ATTEMPT_START_FAILED', message: 'The attempt could not be started.', cause };
}

function commandMissing(word: string, path: string): TowpathError {
  return new TowpathError({
    code: 'COMMAND_MISSING',
    message: `No command ${JSON.stringify(word)} is installed.`,
    cause: `Searched: ${path.split(':').join(', ') || '(PATH is empty)'}`,
    fix: 'Check the word in the pipeline, and that the datakit holds an executable file of that name.',
  });
}

function shellEnded(): TowpathError {
  return new TowpathError({
    code: 'SHIM_ENDED',
    message: 'The shell that runs the command ended at once.',
    fix: 'Check that /bin/sh works on this host and that process limits (ulimit -u) leave room.',
  });
}

function leftoverMissing(attemptId: string): TowpathError {
  return new TowpathError({
    code: 'LEFTOVER_MISSING',
    message: `Nothing is left of attempt ${attemptId} on this host.`,
    cause: 'Its folder was removed while the agent started.',
  });
}
