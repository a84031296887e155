// (i) What an attempt costs beside its work when it is a container: from its grant to the start of the container, from the
// container's end to the record of it, and requests to the engine. Beside it the floor: `docker run` of the same image by a
// bare script, as many at a time.
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { AttemptView } from '@towpath/api';
import { parseEngineAddress } from '@towpath/oci';
import { requireDocker } from '@towpath/testkit';
import { openCuttableEngine } from '../../packages/agent/src/testing/cuttable-engine.ts';
import { createDatakitImages } from '../../tests/support/datakit-images.ts';
import { createTestProject, type TestProject } from '../../tests/support/test-project.ts';
import { runFan, WIDTH, writeFan } from './fan.ts';
import { type BenchRow, summarize } from './rows.ts';

const ATTEMPTS = 500;
const FLOOR_ATTEMPTS = 100;

const run = promisify(execFile);

/** Measures it on the engine of DOCKER_HOST; nothing where there is none. */
export async function measureContainers(): Promise<readonly BenchRow[]> {
  const docker = requireDocker();
  if (docker.reason !== undefined) {
    console.error(`skipped: ${docker.reason}`);
    return [];
  }
  const images = createDatakitImages(docker);
  const project = createTestProject('bench-containers');
  const engine = await openCuttableEngine(parseEngineAddress(docker.host));
  writeFan(project, `    registry: ${images.registry}\n    docker: { host: '${engine.host}' }\n`, ATTEMPTS);
  const image = await images.build(project, 'bench', '1.0.0');
  try {
    const floorSeconds = await measureFloor(image);
    const { wallSeconds, attempts, events } = await measureRun(project);
    return toRows({ wallSeconds, floorSeconds, attempts, events, requestCount: engine.requests.length });
  } finally {
    await engine.close();
    await images.remove();
    project.remove();
  }
}

/** Times of containers by attempt, in ms of the epoch. */
interface Times {
  started?: number;
  ended?: number;
}

async function measureRun(project: TestProject) {
  const events = new Map<string, Times>();
  const listening = spawn('docker', [
    'events',
    '--filter',
    'label=dev.towpath.environment=local',
    '--format',
    '{{json .}}',
  ]);
  createInterface(listening.stdout).on('line', (line) => noteEvent(events, line));
  try {
    return { events, ...(await runFan(project, 'docker')) };
  } finally {
    listening.kill();
  }
}

function noteEvent(events: Map<string, Times>, line: string): void {
  const { Action, timeNano, Actor } = JSON.parse(line);
  const attempt = String(Actor.Attributes['dev.towpath.attempt-id']);
  const times = events.get(attempt) ?? {};
  if (Action === 'start') times.started = timeNano / 1e6;
  if (Action === 'die') times.ended = timeNano / 1e6;
  events.set(attempt, times);
}

/** Seconds for one container, when as many run at a time. */
async function measureFloor(image: string): Promise<number> {
  const startedAt = performance.now();
  let left = FLOOR_ATTEMPTS;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await run('docker', ['run', '--rm', '--init', '--env', 'TOWPATH_RESULT=/dev/null', image, 'tell']);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  return (performance.now() - startedAt) / 1000 / FLOOR_ATTEMPTS;
}

interface Measured {
  readonly wallSeconds: number;
  readonly floorSeconds: number;
  readonly attempts: readonly AttemptView[];
  readonly events: ReadonlyMap<string, Times>;
  readonly requestCount: number;
}

function toRows({ wallSeconds, floorSeconds, attempts, events, requestCount }: Measured): readonly BenchRow[] {
  const beside = attempts.flatMap(({ id, grantedAt, finishedAt }) => {
    const { started, ended } = events.get(id) ?? {};
    if (started === undefined || ended === undefined || finishedAt === null) return [];
    return [{ start: started - Date.parse(grantedAt), end: Date.parse(finishedAt) - ended }];
  });
  const what = `${ATTEMPTS} attempts, ${WIDTH} at a time, as containers`;
  const starts = beside.map(({ start }) => start);
  const ends = beside.map(({ end }) => end);
  const wall = { id: 'containers-wall', what: `${what}: each`, unit: 's', floor: floorSeconds } as const;
  return [
    summarize(wall, [wallSeconds / ATTEMPTS]),
    summarize({ id: 'containers-start', what: `${what}: grant to start`, unit: 'ms' }, starts),
    summarize({ id: 'containers-end', what: `${what}: end to record`, unit: 'ms' }, ends),
    summarize({ id: 'containers-requests', what: `${what}: requests to the engine, each`, unit: 'requests' }, [
      requestCount / ATTEMPTS,
    ]),
  ];
}
