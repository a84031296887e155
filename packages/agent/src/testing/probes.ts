// Probe tasks for executors, named for how they end; each as a command and as a function that behaves the same.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptWork } from '../executors/executor.ts';

export const WORK_KINDS = ['command', 'function'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** `sh` is a script, `js` the body of an async function `({ signal, log, inputs, parameters })`. */
export interface Probe {
  readonly sh: string;
  readonly js: string;
}

/** A probe of which only the script matters: as a function it runs the script and ends as that did. */
export function script(sh: string): Probe {
  const run = `spawnSync('sh', ['-c', ${JSON.stringify(sh)}], { stdio: 'inherit' })`;
  return { sh, js: `process.exit(${run}.status);` };
}

/** Ends with this exit code. */
export function exits(code: number): Probe {
  return { sh: `exit ${code}`, js: `process.exit(${code});` };
}

/** Prints `up` and is killed by a signal that it sends itself. */
export const KILLED: Probe = {
  sh: 'echo before; kill -9 $$',
  js: `log('before'); process.kill(process.pid, 'SIGKILL'); await pause(60_000);`,
};

/** Prints `up`, cleans up when it is asked to end, and ends by itself. */
export const ENDS_WHEN_ASKED: Probe = {
  sh: 'trap "echo cleaned; exit 143" TERM; echo up; while :; do sleep 0.05; done',
  js: `const asked = once(signal, 'abort'); log('up'); const ticking = setInterval(() => {}, 1000); await asked; log('cleaned'); throw signal.reason;`,
};

/** Prints `up`; neither it nor its grandchild ends when asked. */
export const IGNORES_TERM: Probe = {
  sh: 'trap "" TERM; (trap "" TERM; sh -c "sleep 1000; :") & echo up; while :; do sleep 1000; done',
  js: `process.on('SIGTERM', () => {}); spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 1000; done'], { stdio: 'inherit' }); log('up'); await pause(1_000_000);`,
};

/** Prints `up` and sleeps. */
export const SLEEPS: Probe = { sh: 'echo up; sleep 1000', js: `log('up'); await pause(1_000_000);` };

/** Ends well and leaves a child that does not want to end. */
export const LEAVES_CHILD: Probe = {
  sh: '(trap "" TERM HUP; sleep 1000) & exit 0',
  js: `spawn('sh', ['-c', 'trap "" TERM HUP; sleep 1000'], { stdio: 'inherit' }); await pause(50); return undefined;`,
};

/** Leaves this as its result document; must be JSON without `'`. */
export function leaves(json: string): Probe {
  return { sh: `printf '%s' '${json}' > "$TOWPATH_RESULT"`, js: `return JSON.parse(${JSON.stringify(json)});` };
}

/** Says what is in the files of inputs and parameters. */
export const READS: Probe = {
  sh: 'cat "$TOWPATH_INPUTS"; echo; cat "$TOWPATH_PARAMETERS"; echo',
  js: 'log(JSON.stringify(inputs)); log(JSON.stringify(parameters));',
};

/** Prints `up`, waits until a file of this name is in TMPDIR, and ends with exit code 5. */
export function waitsFor(name: string): Probe {
  return {
    sh: `echo up; while [ ! -e "$TMPDIR/${name}" ]; do sleep 0.05; done; exit 5`,
    js: `log('up'); while (!existsSync(process.env.TMPDIR + '/${name}')) await pause(50); process.exit(5);`,
  };
}

/** Prints `up`, waits as above, and leaves this as its result document. */
export function leavesOnce(name: string, json: string): Probe {
  return {
    sh: `echo up; while [ ! -e "$TMPDIR/${name}" ]; do sleep 0.05; done; ${leaves(json).sh}`,
    js: `log('up'); while (!existsSync(process.env.TMPDIR + '/${name}')) await pause(50); ${leaves(json).js}`,
  };
}

/** 20 MiB on both streams in turn, each MiB filled with another byte. */
export const FLOODS: Probe = {
  sh: `node -e "${floodBody().replaceAll('"', '\\"')}"`,
  js: floodBody(),
};

function floodBody(): string {
  return `for (let i = 0; i < 20; i++) { const b = Buffer.alloc(1 << 20, i * 7 + 1); for (let at = 0; at < b.length; ) at += require('node:fs').writeSync(1 + (i % 2), b, at); }`;
}

let written = 0;

/** The probe as the work of an attempt; a function's bundle is written into `folder`. */
export async function toWork(kind: WorkKind, { sh, js }: Probe, folder: string): Promise<AttemptWork> {
  if (kind === 'command') return { kind, argv: ['sh', '-c', sh] };
  written += 1;
  const module = `probe-${written}`;
  const bundleFolder = join(folder, 'bundle');
  await mkdir(bundleFolder, { recursive: true });
  // Destructuring reads `signal`, which asks for its handler: only where the probe wants it.
  const names = ['log', 'inputs', 'parameters', ...(js.includes('signal') ? ['signal'] : [])].join(', ');
  const source = `import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
const probe = async ({ ${names} }) => { ${js} };
export default { graph: { tasks: [{ id: 'probe' }] }, [Symbol.for('towpath.taskFunctions')]: new Map([['probe', probe]]) };
`;
  await writeFile(join(bundleFolder, `${module}.mjs`), source);
  const bundleHash = createHash('sha256').update(source).digest('hex');
  return { kind, bundleHash, bundleFolder, module, export: 'default', taskId: 'probe' };
}
