// Attempts as processes of this host, each under a shim in its own session, so that they outlive the agent.
// Limits: a process that leaves its session (setsid) is out of our reach; the heap of functions is limited, and nothing else of
// memory or CPU: that takes a cgroup, which an unprivileged process can't make.
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { failpoint } from '@towpath/core';
import { getBootId } from '../../host/boot.ts';
import { type AttemptFolder, deleteFolder, hasFolder, locateFolder } from '../attempt-folder.ts';
import { ATTEMPTS_FOLDERS } from '../attempts-folders.ts';
import type { AttemptSpecification, Executor, HeldAttempt, Leftover } from '../executor.ts';
import { once } from '../once.ts';
import { holdLost, refuseAttempt, startFacts } from '../refused-attempt.ts';
import { createTaskRunnerModule } from '../task-runner-module.ts';
import { toHeapFlags } from './heap-flags.ts';
import { holdProcess, keepRecord } from './held-process.ts';
import { createLauncher, type Launcher } from './launcher/launcher.ts';
import { findRecord } from './process-record.ts';
import { createRunnerPool, type RunnerPool } from './runner-pool.ts';
import { RUNNER_SHIM_SCRIPT, SHIM_SCRIPT } from './shim-script.ts';
import { GONE, watchAdopted } from './shim-watch.ts';
import { createSpentFolders, type SpentFolders } from './spent-folders.ts';
import { startCommand } from './start-command.ts';
import { startFunction } from './start-function.ts';

export interface ProcessExecutorOptions {
  /** Attempts live in `attempts/<attemptId>/` here. One agent at a time. */
  readonly stateFolder: string;
  /** From TERM to KILL when an attempt is cancelled or its time is over. */
  readonly graceMs?: number;
  /** Node for task runners; default: the one that runs us. */
  readonly nodePath?: string | undefined;
  /** Entry module of the launcher; default: its source. */
  readonly launcherEntry?: string | undefined;
  /** Entry module of the task runner; default: the sdk's source. */
  readonly taskRunnerEntry?: string | undefined;
  /** Task runners kept ready while functions are expected. Default: one per core. */
  readonly waitingRunners?: number;
  /** Without a start for so long, folders of ended attempts are deleted: then it is calm. Default: 6 s. */
  readonly calmMs?: number | undefined;
  /** What one function may use. Default: what Node takes by itself. */
  readonly memoryMiB?: number | undefined;
}

interface Host {
  readonly attempts: string;
  readonly shimPath: string;
  readonly graceMs: number;
  readonly runners: RunnerPool;
  readonly launcher: Launcher;
  readonly spent: SpentFolders;
}

/** Long enough for a COPY to be rolled back, short enough for a person who waits for Ctrl-C. */
const DEFAULT_GRACE_MS = 10_000;

/**
 * Of runners that nobody used. Each costs 25 MiB (proportional set size), and without one a function starts 0.2 s later
 * (scripts/bench/starts.ts), which is nothing for a pipeline that runs every hour.
 */
const RUNNERS_IDLE_MS = 5 * 60_000;

/** Creates the executor; what earlier agents left in the folder stays as it is until it is asked for. */
export async function createProcessExecutor(options: ProcessExecutorOptions): Promise<Executor> {
  const stateFolder = resolve(options.stateFolder);
  const attempts = join(stateFolder, ATTEMPTS_FOLDERS.process);
  await mkdir(attempts, { recursive: true, mode: 0o700 });
  const nodePath = options.nodePath ?? process.execPath;
  const readModule = createTaskRunnerModule(options.taskRunnerEntry);
  const launcher = createLauncher({ nodePath, entry: options.launcherEntry });
  const host = {
    attempts,
    launcher,
    spent: createSpentFolders({ attempts, calmMs: options.calmMs }),
    shimPath: await writeScript(join(stateFolder, 'shim.sh'), SHIM_SCRIPT),
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
    runners: createRunnerPool({
      attempts,
      launcher,
      shimPath: await writeScript(join(stateFolder, 'runner-shim.sh'), RUNNER_SHIM_SCRIPT),
      nodePath,
      locateModule: once(async () => await writeScript(join(stateFolder, 'task-runner.mjs'), await readModule())),
      compileCache: join(stateFolder, 'compile-cache'),
      size: options.waitingRunners ?? availableParallelism(),
      idleMs: RUNNERS_IDLE_MS,
      nodeFlags: toHeapFlags(options.memoryMiB),
    }),
  };
  return {
    listLeftovers: () => listLeftovers(host),
    start: (specification) => startAttempt(host, specification),
    refuse: async (specification, facts) => refuseAttempt(locate(host, specification.attemptId), specification, facts),
    adopt: (attemptId, epoch) => adoptAttempt(host, attemptId, epoch),
    discard: (attemptId) => discardAttempt(host, attemptId),
    expectFunctions: (areExpected) => host.runners.expect(areExpected),
    close: async () => {
      await host.runners.close();
      launcher.close();
      await host.spent.close();
    },
  };
}

// Renamed into place: shells read their script while it runs, so the file of running shims must not change.
async function writeScript(path: string, script: string): Promise<string> {
  await writeFile(`${path}.tmp`, script, { mode: 0o600 });
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
    const record = findRecord(folder);
    if (record?.spec.attemptId === name) {
      leftovers.push({ attemptId: name, epoch: record.shim.epoch, specHash: record.spec.specHash, isStarted: true });
    } else {
      await deleteFolder(folder);
    }
  }
  return leftovers;
}

async function startAttempt(host: Host, specification: AttemptSpecification): Promise<HeldAttempt> {
  const folder = locate(host, specification.attemptId);
  const { work } = specification;
  host.spent.noteStart();
  try {
    // The server grants an attempt anew only when it does not know of an earlier start of it here.
    if (hasFolder(folder)) await discardAttempt(host, specification.attemptId);
    if (work.kind === 'function') return await startFunction(folder, work, { ...host, specification });
    return await startCommand(folder, work.argv, { ...host, specification });
  } catch (thrown) {
    return refuseAttempt(folder, specification, startFacts(thrown));
  }
}

async function adoptAttempt(host: Host, attemptId: string, epoch: number): Promise<HeldAttempt> {
  const folder = locate(host, attemptId);
  const record = findRecord(folder);
  if (record === undefined) return holdLost(folder, attemptId, 'SHIM_LOST');
  const adopted = { ...record, shim: { ...record.shim, epoch } };
  failpoint('adopt.before-record');
  keepRecord(folder, adopted);
  failpoint('adopt.after-record');
  const hasHostRestarted = record.shim.bootId !== getBootId();
  const watch = hasHostRestarted ? GONE : watchAdopted(folder, record.shim);
  const { graceMs, spent } = host;
  return holdProcess({ folder, record: adopted, watch, graceMs, spent, isAdopted: true, hasHostRestarted });
}

async function discardAttempt(host: Host, attemptId: string): Promise<void> {
  const folder = locate(host, attemptId);
  const record = findRecord(folder);
  const held = record === undefined ? undefined : await adoptAttempt(host, attemptId, record.shim.epoch);
  await held?.remove();
  await deleteFolder(folder);
}
