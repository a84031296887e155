// What must hold after any fault, whatever was killed: nothing of it is left anywhere, and the runs ended right.
import { readdirSync } from 'node:fs';
import { type Client, GetRun, ListPools, ListRuns, type RunDetail, type TaskView } from '@towpath/api';
import { isTerminalAttemptState, isTerminalRunState, isTerminalTaskState } from '@towpath/core';
import { listProcesses, waitFor } from '@towpath/testkit';
import { expect } from 'vitest';
import { FUNCTION_STEPS } from './fault-pipelines.ts';
import { formatSteps } from './test-project.ts';
import { describeAttempts, readLogSoFar } from './verify-run.ts';

/** Retries, adoptions and starts of processes beside other tests. */
const DRAIN_DEADLINE_MS = 90_000;

/** Waits until every run has ended, and returns those that `isNew` takes. */
export async function drainRuns(client: Client, isNew: (runId: string) => boolean): Promise<readonly RunDetail[]> {
  return await waitFor('all runs to end', DRAIN_DEADLINE_MS, async () => {
    const { runs } = await client.call(ListRuns, { query: { limit: 100 } });
    const details = await Promise.all(
      runs.filter(({ id }) => isNew(id)).map(({ id }) => client.call(GetRun, { params: { runId: id } })),
    );
    const open = details.filter(({ state }) => !isTerminalRunState(state));
    if (open.length > 0) throw new Error(open.map(describeAttempts).join('\n'));
    return details;
  });
}

/** Pipelines that end otherwise than well. */
const ENDS: Readonly<Record<string, string>> = { slow: 'cancelled', failing: 'failed' };

/** What a fault may cost; default: nothing. */
export interface Allowance {
  /** An engine that copies output was killed itself: then a log may miss what it had read and not written. */
  readonly gaps?: boolean;
}

/** One accepted result per attempt, each log exactly what its task printed, and the end that the pipeline has. */
export async function verifyEndedRun(client: Client, run: RunDetail, allowance: Allowance = {}): Promise<void> {
  const story = describeAttempts(run);
  expect(run.state, story).toBe(ENDS[run.pipeline] ?? 'succeeded');
  for (const task of run.tasks) {
    verifyTask(run, task, story);
    for (const attempt of task.attempts)
      verifyLog(task, attempt, { log: await readLogSoFar(client, attempt.id), ...allowance });
  }
}

function verifyTask({ pipeline }: RunDetail, task: TaskView, story: string): void {
  expect(isTerminalTaskState(task.state), story).toBe(true);
  expect(
    task.attempts.every(({ state }) => isTerminalAttemptState(state)),
    story,
  ).toBe(true);
  const succeeded = task.attempts.filter(({ state }) => state === 'succeeded');
  const isSkipped = pipeline === 'mixed' && task.id === 'alarm';
  const isExpected = ENDS[pipeline] === undefined && !isSkipped && task.reusedFromAttemptId === null;
  expect(succeeded.length, story).toBe(isExpected ? 1 : 0);
  if (isSkipped) expect(task.state, story).toBe('skipped');
}

/** An attempt that did not succeed has printed a beginning; one that was not started says why instead. */
function verifyLog(
  task: TaskView,
  attempt: TaskView['attempts'][number],
  { log, gaps = false }: Allowance & { readonly log: string },
): void {
  expect(Buffer.byteLength(log)).toBe(attempt.logLengthBytes);
  const [header = '', ...rest] = log.split(/(?<=\n)/);
  const lines = rest.join('');
  if (header !== '') expect(header).toMatch(/^\[LOCAL\] (?:datakit=steps|function=pipelines\/function.ts#only) /);
  const whole = wholeLogOf(task, attempt.number);
  const isWhole = attempt.state === 'succeeded';
  const words = `${task.id}: ${log.slice(-300)}`;
  if (attempt.reasonCode === 'START_FAILED')
    expect(lines).toMatch(/^error SHIM_ENDED: .+\n {2}why: .+\n {2}fix: .+\n$/);
  else if (gaps) expect(isButOneRange({ whole, lines, isWhole }), words).toBe(true);
  else if (isWhole) expect(lines).toBe(whole);
  else expect(whole.startsWith(lines.replace(GAP, '')), words).toBe(true);
}

interface GappedLog {
  readonly whole: string;
  readonly lines: string;
  /** The attempt printed all of it. */
  readonly isWhole: boolean;
}

/**
 * What a killed engine had read and not written is gone: at the end with a remark about it, in the middle nobody can tell. All else
 * is there, once.
 */
function isButOneRange({ whole, lines, isWhole }: GappedLog): boolean {
  const kept = lines.replace(GAP, '');
  const first = [...kept].findIndex((letter, at) => letter !== whole[at]);
  if (first === -1) return !isWhole || kept.length === whole.length || GAP.test(lines);
  const rest = kept.slice(first);
  return isWhole ? whole.endsWith(rest) : whole.includes(rest, first);
}

/** What stands where bytes of a log are gone for good. */
const GAP = /\n?\[TOWPATH\] an unknown number of bytes of output lost, perhaps none: .*\n$/;

function wholeLogOf({ argv, function: isFunction }: TaskView, attemptNumber: number): string {
  if (isFunction) return formatSteps(FUNCTION_STEPS);
  return argv[0] === 'steps' ? formatSteps(Number(argv[1])) : `attempt ${attemptNumber}\n`;
}

/** No slot held, no attempt's folder and no process of one left. */
export async function verifyNothingLeft(client: Client, attemptsFolders: readonly string[]): Promise<void> {
  await waitFor('nothing of the attempts to be left', 30_000, async () => {
    const { pools } = await client.call(ListPools, { query: {} });
    const held = pools.filter((pool) => pool.held > 0).map(({ name }) => name);
    const folders = attemptsFolders.flatMap((folder) => readdirSync(folder).filter(isAttempt));
    const processes = listProcesses()
      .filter(({ isZombie, command }) => !isZombie && attemptsFolders.some((folder) => command.includes(folder)))
      .map(({ command }) => command);
    const left = [...held, ...folders, ...processes];
    if (left.length > 0) throw new Error(left.join('\n'));
    return true;
  });
}

/** Runners that wait for their attempt have folders, too. */
function isAttempt(name: string): boolean {
  return !name.startsWith('.waiting-');
}
