// What it takes from granting an attempt to its own first instruction, on the process executor alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Executor } from '../../packages/agent/src/executors/executor.ts';
import { createProcessExecutor } from '../../packages/agent/src/executors/process/process-executor.ts';
import { specify } from '../../packages/agent/src/testing/executor-contract.ts';
import type { Probe, WorkKind } from '../../packages/agent/src/testing/probes.ts';
import { type BenchRow, summarize } from './rows.ts';

const STARTS = 15;

/** Longer than a runner needs to be ready again. */
const BETWEEN_MS = 500;

/** Leaves the time of its first instruction as its result. */
const TELLS_TIME: Probe = {
  sh: `printf '{"at":%s}' "$(date +%s%3N)" > "$TOWPATH_RESULT"`,
  js: 'return { at: performance.timeOrigin + performance.now() };',
};

/** Measures commands, and functions with and without a runner that waits. */
export async function measureStarts(): Promise<readonly BenchRow[]> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'bench-starts-'));
  try {
    return [
      await measure(stateFolder, { what: 'a command', kind: 'command', waitingRunners: 0 }),
      await measure(stateFolder, {
        what: 'a function, its runner started for it',
        kind: 'function',
        waitingRunners: 0,
      }),
      await measure(stateFolder, { what: 'a function, by a runner that waits', kind: 'function', waitingRunners: 1 }),
    ];
  } finally {
    rmSync(stateFolder, { recursive: true });
  }
}

async function measure(
  stateFolder: string,
  { what, kind, waitingRunners }: { readonly what: string; readonly kind: WorkKind; readonly waitingRunners: number },
): Promise<BenchRow> {
  const executor = await createProcessExecutor({ stateFolder, waitingRunners });
  executor.expectFunctions(true);
  const seconds: number[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    await pause(BETWEEN_MS);
    seconds.push(await timeStart(executor, kind, stateFolder));
  }
  await executor.close();
  const id = `start-${kind}-${waitingRunners}`;
  return summarize({ id, what: `${what}: from its grant to its first instruction`, unit: 's' }, seconds);
}

async function timeStart(executor: Executor, kind: WorkKind, folder: string): Promise<number> {
  const specification = await specify(kind, TELLS_TIME, folder);
  const from = performance.timeOrigin + performance.now();
  // An executor keeps no process alive: the agent around it does, and here we do.
  const alive = setInterval(() => undefined, 1_000);
  const attempt = await executor.start(specification);
  const { result } = await attempt.ended;
  await attempt.remove();
  clearInterval(alive);
  return (Number(result?.at) - from) / 1000;
}
