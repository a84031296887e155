// A process of a rig: started again as often as it was killed, and made to die at a failpoint.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SpawnedProcess, spawnProcess } from '@towpath/testkit';

const ARM = new URL('./arm-failpoints.ts', import.meta.url).href;

/** Starts beside others on two busy cores. */
const START_DEADLINE_MS = 60_000;

export interface RigProcessOptions {
  /** `server-main.ts` or `agent-main.ts`. */
  readonly main: URL;
  /** Its first argument, asked at each start. */
  options(): object;
  /** What it prints when it is ready. */
  readonly ready: RegExp;
  readonly cwd: string;
  /** Holds the armed failpoint. */
  readonly armedPath: string;
  /** Modules loaded before the program. */
  readonly preload?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface RigProcess {
  /** The newest life of it. */
  readonly current: SpawnedProcess;
  /** Starts it and waits until it is ready; returns what the pattern found. */
  start(): Promise<RegExpExecArray>;
  /** Starts it without waiting. */
  launch(): Promise<void>;
  /** kill -9 and wait for its end. */
  kill(): Promise<void>;
  /** From now on it dies where `point` is reached, once. */
  arm(point: string): void;
  disarm(): void;
  isArmed(): boolean;
  /** Output of all its lives. */
  output(): string;
  destroy(): Promise<void>;
}

/** Describes a process; nothing is started yet. */
export function createRigProcess(options: RigProcessOptions): RigProcess {
  const { main, armedPath, ready } = options;
  const lives: SpawnedProcess[] = [];
  const current = (): SpawnedProcess => {
    const newest = lives.at(-1);
    if (!newest) throw new Error(`${main.pathname} was not started`);
    return newest;
  };
  const launch = async (): Promise<void> => {
    lives.push(await spawnLife(options));
  };
  return {
    get current() {
      return current();
    },
    launch,
    start: async () => {
      await launch();
      return current().waitForOutput(ready, START_DEADLINE_MS);
    },
    kill: async () => {
      current().kill('SIGKILL');
      await current().waitForExit();
    },
    arm: (point) => {
      mkdirSync(dirname(armedPath), { recursive: true });
      writeFileSync(armedPath, point);
    },
    disarm: () => rmSync(armedPath, { force: true }),
    isArmed: () => existsSync(armedPath),
    output: () => lives.map((life) => life.output()).join('\n--- next life ---\n'),
    destroy: async () => {
      for (const life of lives) await life.destroy();
    },
  };
}

function spawnLife({ main, options, cwd, armedPath, preload = [], env }: RigProcessOptions): Promise<SpawnedProcess> {
  const imports = [ARM, ...preload].flatMap((url) => ['--import', url]);
  return spawnProcess({
    command: process.execPath,
    args: [...imports, fileURLToPath(main), JSON.stringify(options())],
    cwd,
    env: { ...env, TOWPATH_FAILPOINTS: armedPath },
  });
}
