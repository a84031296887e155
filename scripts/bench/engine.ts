// (b) What the engine adds to the work: chains, fan-outs and many runs at once, each task a fresh process. Beside each the
// floor: the same commands started by a bare script in the same order, with the same width; and the same processes, a shim for each.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ListRuns, type RunSummary, StartRun } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import { type DevProcess, startDev, stopDev } from '../../tests/support/instance.ts';
import { createTestProject, type TestProject } from '../../tests/support/test-project.ts';
import { type BenchRow, summarize } from './rows.ts';

const run = promisify(execFile);
/** A shim takes a path. */
const SLEEP = ['/usr/bin/sleep', '/bin/sleep'].find((path) => existsSync(path)) ?? 'sleep';
const BARE_SCRIPT = fileURLToPath(new URL('./bare-script.ts', import.meta.url));

const CHAIN = 40;
const FAN = 200;
const WIDTH = 8;
const RUNS = 50;
const SAMPLES = 5;
const RUNS_DEADLINE_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** How the 10 ms of work are done. */
const KINDS = ['command', 'function'] as const;
type Kind = (typeof KINDS)[number];

const PIPELINES = `import { datakitTask, definePipeline, functionTask } from 'towpath';
import { setTimeout as pause } from 'node:timers/promises';
type Options = { id: string; dependsOn?: string[] };
const command = (options: Options) =>
  datakitTask({ ...options, datakit: 'bench', version: '1.0.0', command: 'sleep 0.01' });
const run = (options: Options) =>
  functionTask({ ...options, run: async () => { await pause(10); } });
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const chain = (make: typeof command) =>
  numbers(${CHAIN}).map((i) => make({ id: 't' + i, dependsOn: i === 0 ? [] : ['t' + (i - 1)] }));
const fan = (make: typeof command) => numbers(${FAN}).map((i) => make({ id: 't' + i }));
export const a = definePipeline({ name: 'chain-command', tasks: chain(command) });
export const b = definePipeline({ name: 'fan-command', tasks: fan(command) });
export const c = definePipeline({ name: 'one-command', tasks: [command({ id: 't' })] });
export const d = definePipeline({ name: 'chain-function', tasks: chain(run) });
export const e = definePipeline({ name: 'fan-function', tasks: fan(run) });
export const f = definePipeline({ name: 'one-function', tasks: [run({ id: 't' })] });
`;

const DATAKIT = `name: bench
version: 1.0.0
kind: test
description: Commands of the operating system
commands: [sleep]
environment: []
`;

/** The floor of a function: a script of the same work, run by the same Node. */
const SCRIPT = `import { setTimeout as pause } from 'node:timers/promises';
await pause(10);
`;

/** Measures all of it in an instance of its own. */
export async function measureEngine(): Promise<readonly BenchRow[]> {
  const project = createTestProject('bench-engine');
  project.write('pipelines/bench.ts', PIPELINES);
  project.write('datakits/bench/datakit.yaml', DATAKIT);
  project.write('floor.mjs', SCRIPT);
  // The word that a shim waits for.
  project.write('go', 'go\n');
  const dev = await startDev(project, ['--max-attempts', String(WIDTH)]);
  try {
    const rows: BenchRow[] = [];
    for (const kind of KINDS) rows.push(...(await measureKind({ dev, project, kind })));
    return rows;
  } finally {
    await stopDev(dev);
    project.remove();
  }
}

interface Subject {
  readonly dev: DevProcess;
  readonly project: TestProject;
  readonly kind: Kind;
}

async function measureKind(subject: Subject): Promise<readonly BenchRow[]> {
  const words = { command: 'commands', function: 'TypeScript tasks' }[subject.kind];
  const floors = listFloors(subject);
  const row = (id: string, what: string, mark: number) => ({
    id: `${id}-${subject.kind}`,
    what: `${what}, ${words}`,
    unit: 's' as const,
    mark,
  });
  const { dev, kind } = subject;
  const of = (count: number, width: number) => floors.map((run) => () => run(count, width));
  return [
    ...(await compare(row('chain', `chain of ${CHAIN} tasks of 10 ms`, 2), {
      measured: () => timeRun(dev, `chain-${kind}`),
      floors: of(CHAIN, 1),
    })),
    ...(await compare(row('fan-out', `fan-out of ${FAN} tasks of 10 ms, ${WIDTH} at once`, 6), {
      measured: () => timeRun(dev, `fan-${kind}`),
      floors: of(FAN, WIDTH),
    })),
    ...(await compare(row('runs', `${RUNS} runs of one task of 10 ms, triggered at once`, 4), {
      measured: () => timeRuns(dev, `one-${kind}`),
      floors: of(RUNS, WIDTH),
    })),
  ];
}

interface Compared {
  measured(): Promise<number>;
  /** The work alone, and then all processes that it takes here. */
  readonly floors: readonly (() => Promise<number>)[];
}

/** All in turns, so that what the machine does besides meets all. */
async function compare(
  row: Parameters<typeof summarize>[0],
  { measured, floors }: Compared,
): Promise<readonly BenchRow[]> {
  const seconds: number[] = [];
  const times: number[][] = floors.map(() => []);
  for (let i = 0; i < SAMPLES; i += 1) {
    for (const [at, floor] of floors.entries()) times[at]?.push(await floor());
    seconds.push(await measured());
  }
  return times.map((own, at) => {
    const beside = at === 0 ? row : { ...row, id: `${row.id}-shims`, what: `${row.what}, beside shims and commands` };
    return summarize({ ...beside, floor: summarize(row, own).median }, seconds);
  });
}

/** Seconds from the planning of a run to its end, by the database's clock. */
async function timeRun({ client }: DevProcess, pipeline: string): Promise<number> {
  const { id } = await client.call(StartRun, { body: { pipeline, environment: 'local' } });
  return spanOf(await waitForSuccess(client, [id]));
}

/** Seconds from the first planning of many runs to the last end. */
async function timeRuns({ client }: DevProcess, pipeline: string): Promise<number> {
  const body = { pipeline, environment: 'local' };
  const started = await Promise.all(Array.from({ length: RUNS }, () => client.call(StartRun, { body })));
  return spanOf(
    await waitForSuccess(
      client,
      started.map(({ id }) => id),
    ),
  );
}

/**
 * Asks for the list of runs, and seldom: each question takes 2 ms of the two cores, and what waits must not be measured. The
 * times are the database's.
 */
async function waitForSuccess(client: DevProcess['client'], runIds: readonly string[]): Promise<readonly RunSummary[]> {
  const ended = await waitFor('all runs to end', RUNS_DEADLINE_MS, async () => {
    await pause(LOOK_EVERY_MS);
    const { runs } = await client.call(ListRuns, { query: { limit: runIds.length } });
    const found = runs.filter(({ id, state }) => runIds.includes(id) && isTerminalRunState(state));
    return found.length === runIds.length && found;
  });
  const failed = ended.find(({ state }) => state !== 'succeeded');
  if (failed) throw new Error(`${failed.name} ${failed.state}`);
  return ended;
}

function spanOf(runs: readonly RunSummary[]): number {
  const starts = runs.map(({ createdAt }) => Date.parse(createdAt));
  const ends = runs.map(({ finishedAt }) => Date.parse(finishedAt ?? ''));
  return (Math.max(...ends) - Math.min(...starts)) / 1000;
}

type Floor = (count: number, width: number) => Promise<number>;

/** Seconds of so many bare processes of the same work, at most `width` at a time; of commands also with the shim that each has here. */
function listFloors({ project, kind }: Subject): readonly Floor[] {
  const input = join(project.folder, 'go');
  if (kind === 'function') return [createFloor(input, [process.execPath, `${project.folder}/floor.mjs`])];
  const shim = ['/bin/sh', join(project.stateFolder, 'agent', 'shim.sh'), project.folder, '--', SLEEP, '0.01'];
  return [createFloor(input, [SLEEP, '0.01']), createFloor(input, shim)];
}

function createFloor(input: string, words: readonly string[]): Floor {
  return async (count, width) => {
    const { stdout } = await run(process.execPath, [BARE_SCRIPT, String(count), String(width), input, ...words]);
    return Number(stdout);
  };
}
