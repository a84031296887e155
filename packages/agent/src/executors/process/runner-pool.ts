// Task runners that were started before they are needed: each waits in a folder of its own for the one attempt it will
// run. A runner dies with the agent (its input ends), and what is left of its folder is deleted by the next one.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isProcessAlive } from '../../host/process-identity.ts';
import { type AttemptFolder, createFolder, deleteFolder, locateFolder } from '../attempt-folder.ts';
import type { Launcher } from './launcher/launcher.ts';
import { killGroup } from './process-group.ts';
import type { StartedShim } from './started-shim.ts';

export interface RunnerPoolOptions {
  /** Where attempts live. */
  readonly attempts: string;
  readonly launcher: Launcher;
  readonly shimPath: string;
  readonly nodePath: string;
  /** Path of the task runner, one module: each more costs a runner 1 ms of processor time. Asked when the first one is started. */
  locateModule(): Promise<string>;
  /** Folder for compiled code, of the runner and of what functions import. */
  readonly compileCache: string;
  /** Runners kept ready. */
  readonly size: number;
  /** Without use for so long, they are ended. */
  readonly idleMs: number;
  /** Of a runner, such as the limit of its heap. */
  readonly nodeFlags: readonly string[];
}

/** A runner that waits, in a folder that becomes its attempt's. */
export interface WaitingRunner {
  readonly folder: AttemptFolder;
  readonly shim: StartedShim;
}

export interface RunnerPool {
  /** A runner that waits, or that just starts when none does; it is the caller's. */
  take(): Promise<WaitingRunner>;
  /** Keeps runners ready from now on, or ends them. */
  expect(areExpected: boolean): void;
  /** Ends all that wait. */
  close(): Promise<void>;
}

/** Begins with a dot, so that it is no attempt's. */
const PREFIX = '.waiting-';

/** Creates the pool, empty. */
export function createRunnerPool(options: RunnerPoolOptions): RunnerPool {
  let waiting: WaitingRunner[] = [];
  let areWanted = false;
  let isClosed = false;
  let filling: Promise<void> | undefined;
  let idle: NodeJS.Timeout | undefined;
  const fill = async (): Promise<void> => {
    const { size } = options;
    while (areWanted && waiting.length < size) {
      const runner = await startRunner(options);
      if (areWanted) waiting.push(runner);
      else await endRunner(runner);
    }
  };
  const want = (): void => {
    areWanted = true;
    clearTimeout(idle);
    idle = setTimeout(() => void unwant(), options.idleMs).unref();
    // What can't be started now is started when it is needed, and then the attempt says why not.
    filling ??= fill()
      .catch(() => undefined)
      .finally(() => {
        filling = undefined;
      });
  };
  const unwant = async (): Promise<void> => {
    areWanted = false;
    clearTimeout(idle);
    const ending = waiting;
    waiting = [];
    await Promise.all([filling, ...ending.map(endRunner)]);
  };
  return {
    take: async () => {
      const ready = takeLiving(waiting);
      if (!isClosed) want();
      return ready ?? (await startRunner(options));
    },
    expect: (areExpected) => {
      if (areExpected && !isClosed) want();
      else void unwant().catch(() => undefined);
    },
    close: async () => {
      isClosed = true;
      await unwant();
    },
  };
}

/** Takes the first that still lives; the kernel may have ended one for memory. */
function takeLiving(waiting: WaitingRunner[]): WaitingRunner | undefined {
  for (let runner = waiting.shift(); runner !== undefined; runner = waiting.shift()) {
    // Its end is heard of a moment later.
    if (!runner.shim.hasEnded() && isProcessAlive(runner.shim.identity)) return runner;
    void deleteFolder(runner.folder).catch(() => undefined);
  }
  return undefined;
}

async function startRunner({
  attempts,
  launcher,
  shimPath,
  nodePath,
  locateModule,
  compileCache,
  nodeFlags,
}: RunnerPoolOptions): Promise<WaitingRunner> {
  const folder = locateFolder(join(attempts, `${PREFIX}${randomUUID()}`));
  createFolder(folder);
  try {
    const shim = await launcher.start({
      args: [shimPath, nodePath, ...nodeFlags, await locateModule()],
      // The shim stays in this folder, under whatever name; so it writes the exit status to the right place.
      workFolder: folder.path,
      // Node reads these when it starts. All others come with the order.
      environmentVariables: pickDefined({
        LANG: process.env.LANG ?? 'C.UTF-8',
        TZ: process.env.TZ,
        NODE_COMPILE_CACHE: compileCache,
      }),
      log: folder.log,
    });
    return { folder, shim };
  } catch (thrown) {
    await deleteFolder(folder);
    throw thrown;
  }
}

/** Ends a runner that nobody took, with its folder. */
export async function endRunner({ folder, shim }: WaitingRunner): Promise<void> {
  await killGroup(shim.identity);
  await deleteFolder(folder);
}

function pickDefined(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
