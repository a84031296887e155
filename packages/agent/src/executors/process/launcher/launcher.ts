// The agent's side of the launcher: one process for all attempts, started when the first one is, and again when it died.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TowpathError } from '@towpath/core';
import { isProcessAlive, type ProcessIdentity } from '../../../host/process-identity.ts';
import type { StartedShim } from '../started-shim.ts';
import { createJsonLineWriter, readJsonLines } from './json-lines.ts';
import type { LauncherOrder, LauncherWord, ShimRequest } from './launcher-protocol.ts';

export interface LauncherOptions {
  /** Node to run it. */
  readonly nodePath: string;
  /** Entry module; default: the source beside this file. Bundles give their own. */
  readonly entry?: string | undefined;
}

export interface Launcher {
  /**
   * Starts a shim in a session of its own.
   *
   * @throws TowpathError `SHIM_ENDED`, `LAUNCHER_ENDED`, or `ATTEMPT_START_FAILED` with the system's reason
   */
  start(request: ShimRequest): Promise<StartedShim>;
  /** Ends it. Shims that were told to go are left alone. */
  close(): void;
}

const DEFAULT_ENTRY = fileURLToPath(new URL('./launcher-main.ts', import.meta.url));

/** How often a shim is looked for whose launcher died: only then, and one read of /proc each. */
const LOOK_EVERY_MS = 200;

/** Creates the launcher; its process starts with the first shim, and none of it keeps this process alive. */
export function createLauncher({ nodePath, entry = DEFAULT_ENTRY }: LauncherOptions): Launcher {
  let running: Running | undefined;
  let lastId = 0;
  const start = (request: ShimRequest): Promise<StartedShim> => {
    running = running?.isOver() === false ? running : startProcess(nodePath, entry);
    lastId += 1;
    return running.start(lastId, request);
  };
  return {
    // A shim whose launcher died before it said so was told nothing, and has ended: another may start in its place.
    start: (request) =>
      start(request).catch((thrown: unknown) => {
        if (!(thrown instanceof TowpathError) || thrown.code !== 'LAUNCHER_ENDED') throw thrown;
        return start(request);
      }),
    close: () => running?.close(),
  };
}

interface Running {
  start(id: number, request: ShimRequest): Promise<StartedShim>;
  isOver(): boolean;
  close(): void;
}

interface LaunchedShim {
  readonly introduced: PromiseWithResolvers<ProcessIdentity>;
  readonly gone: PromiseWithResolvers<void>;
  hasEnded: boolean;
}

function startProcess(nodePath: string, entry: string): Running {
  const child = spawn(nodePath, ['--disable-warning=ExperimentalWarning', entry], {
    // Nothing of ours: neither our variables nor our terminal's signals are its business.
    env: {},
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const shims = new Map<number, LaunchedShim>();
  const orders = createJsonLineWriter<LauncherOrder>(child.stdin);
  let isOver = false;
  const tell = (order: LauncherOrder): void => {
    if (!isOver) orders.say(order);
  };
  const end = (): void => {
    isOver = true;
    for (const shim of shims.values()) shim.introduced.reject(launcherEnded());
  };
  child.once('exit', end).once('error', end);
  child.stdin.on('error', end);
  // Every shim that runs listens for its end.
  child.setMaxListeners(0);
  letGo(child);
  readJsonLines(child.stdout, (word: LauncherWord) => hear(shims, word));
  return {
    start: async (id, request) => {
      const shim = addShim(shims, id);
      tell({ id, start: request });
      if (isOver) throw launcherEnded();
      const identity = await shim.introduced.promise;
      watchWithoutLauncher(child, shim, identity);
      return toStartedShim(shim, identity, {
        say: (word) => tell({ id, say: word }),
        dismiss: () => tell({ id, dismiss: true }),
      });
    },
    isOver: () => isOver,
    close: () => {
      orders.flush();
      child.stdin.end();
    },
  };
}

function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout])
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
}

function addShim(shims: Map<number, LaunchedShim>, id: number): LaunchedShim {
  const shim: LaunchedShim = {
    introduced: Promise.withResolvers(),
    gone: Promise.withResolvers(),
    hasEnded: false,
  };
  // Whoever waits hears of it; that nobody does any more is no failure of its own.
  shim.introduced.promise.catch(() => undefined);
  shims.set(id, shim);
  return shim;
}

function hear(shims: Map<number, LaunchedShim>, word: LauncherWord): void {
  const shim = shims.get(word.id);
  if (!shim) return;
  if ('pid' in word) shim.introduced.resolve({ pid: word.pid, startTime: word.startTime });
  else shims.delete(word.id);
  if ('error' in word) shim.introduced.reject(startFailed(word.error));
  if ('gone' in word) {
    shim.hasEnded = true;
    shim.gone.resolve();
  }
}

/** A shim outlives its launcher, and then nobody collects its exit: its end is looked for. */
function watchWithoutLauncher(launcher: ChildProcess, shim: LaunchedShim, identity: ProcessIdentity): void {
  const watch = (): void => {
    const timer = setInterval(() => {
      if (!isProcessAlive(identity)) {
        shim.hasEnded = true;
        shim.gone.resolve();
      }
    }, LOOK_EVERY_MS).unref();
    void shim.gone.promise.then(() => clearInterval(timer));
  };
  const isOver = launcher.exitCode !== null || launcher.signalCode !== null;
  if (isOver) watch();
  else launcher.once('exit', watch);
  void shim.gone.promise.then(() => launcher.off('exit', watch));
}

function toStartedShim(
  shim: LaunchedShim,
  identity: ProcessIdentity,
  input: Pick<StartedShim, 'say' | 'dismiss'>,
): StartedShim {
  let isStopped = false;
  const gone = new Promise<void>((resolve) => {
    void shim.gone.promise.then(() => {
      if (!isStopped) resolve();
    });
  });
  const stop = (): void => {
    isStopped = true;
  };
  return { identity, watch: { gone, look: () => undefined, stop }, ...input, hasEnded: () => shim.hasEnded };
}

function startFailed({ code, message }: { readonly code: string | null; readonly message: string }): TowpathError {
  if (code === 'E2BIG') return argumentsTooLong();
  return new TowpathError({
    code: code === 'SHIM_ENDED' ? code : 'ATTEMPT_START_FAILED',
    message: code === 'SHIM_ENDED' ? message : 'The attempt could not be started.',
    cause: message,
    fix: 'Check that /bin/sh works on this host and that process limits (ulimit -u) leave room.',
  });
}

function argumentsTooLong(): TowpathError {
  return new TowpathError({
    code: 'ATTEMPT_START_FAILED',
    message: 'The attempt could not be started.',
    cause: 'Its arguments or variables are too long for the system; on Linux a single one has at most 128 KiB (E2BIG).',
    fix: 'Pass large values in a file, or read them from TOWPATH_PARAMETERS and TOWPATH_INPUTS.',
  });
}

function launcherEnded(): TowpathError {
  return new TowpathError({
    code: 'LAUNCHER_ENDED',
    message: 'The process that starts attempts has ended.',
    cause: 'It was killed, or could not be started. The next attempt starts another.',
    fix: 'Look for what killed it: memory limits, an administrator.',
  });
}
