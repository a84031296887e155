// Where a release needs more than its code: a command of the environment's own brings it in, before the agent says that it has it. It
// runs once for a release and agent; after a crash again, so it has to stand that.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type ReleasedDatakit, TowpathError } from '@towpath/core';
import { z } from 'zod';
import { killGroup, signalGroup } from '../executors/process/process-group.ts';
import { findProcess, type ProcessIdentity } from '../host/process-identity.ts';

/** What an environment declares of it. */
export interface DeployCommand {
  /** Program and words; no shell. */
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
  /** All that it is given, besides what it is told of the release. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
}

/** A release as the command is told of it. */
export interface DeployableRelease {
  readonly id: string;
  readonly version: string;
  readonly gitSha: string;
  readonly datakits: readonly ReleasedDatakit[];
}

/** Where it runs, and who hears what it prints. */
export interface DeployOptions {
  readonly deploy: DeployCommand | undefined;
  readonly environment: string;
  readonly projectFolder: string;
  readonly stateFolder: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Time to end after TERM. */
const GRACE_MS = 10_000;
/** After its end, for what it printed last. */
const LAST_OUTPUT_MS = 1_000;
/** A line of a log. */
const LINE_CHARACTERS = 2_000;

const Kept = z.object({
  releaseId: z.string().nullable(),
  running: z.object({ pid: z.number(), startTime: z.string() }).nullable(),
});
type Kept = z.infer<typeof Kept>;

/**
 * Runs the command for a release, unless it did for this one last.
 *
 * @throws TowpathError `DEPLOY_COMMAND_FAILED`, `DEPLOY_COMMAND_MISSING`; the signal's reason
 */
export async function runDeployCommand(release: DeployableRelease, options: DeployOptions): Promise<void> {
  const { deploy, stateFolder } = options;
  if (deploy === undefined) return;
  const file = join(stateFolder, 'deployed.json');
  const kept = readKept(file);
  // An agent that was killed could not end what it had begun.
  if (kept.running !== null) await killGroup(kept.running);
  if (kept.releaseId === release.id && kept.running === null) return;
  options.log(`release ${release.version}: running ${deploy.command.join(' ')}`);
  await run(release, { ...options, deploy, keep: (running) => writeKept(file, { releaseId: null, running }) });
  writeKept(file, { releaseId: release.id, running: null });
}

type Running = DeployOptions & {
  readonly deploy: DeployCommand;
  readonly keep: (running: ProcessIdentity | null) => void;
};

async function run(release: DeployableRelease, { deploy, keep, ...options }: Running): Promise<void> {
  const { environment, projectFolder: cwd, signal, log } = options;
  const [program = '', ...words] = deploy.command;
  const env = { ...deploy.environmentVariables, ...describe(release, environment) };
  // From now on nobody knows what is deployed until it has ended well.
  keep(null);
  const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = waitForEnd(child, environment);
  const identity = child.pid === undefined ? undefined : findProcess(child.pid);
  keep(identity ?? null);
  const told = [child.stdout, child.stderr].map((output) => tell(output, log));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(deploy.timeoutSeconds * 1000)]);
  const onLimit = () => void (identity && end(identity));
  limit.addEventListener('abort', onLimit);
  try {
    const status = await ended;
    // What left the group may hold its output open for as long as it likes.
    await Promise.race([Promise.all(told), pause(LAST_OUTPUT_MS, undefined, { ref: false })]);
    signal.throwIfAborted();
    if (limit.aborted) throw failed(environment, `took longer than ${deploy.timeoutSeconds} s`);
    if (status !== 0) throw failed(environment, `ended with ${status}`);
  } finally {
    limit.removeEventListener('abort', onLimit);
    for (const output of [child.stdout, child.stderr]) output.destroy();
    if (limit.aborted && identity !== undefined) await killGroup(identity);
    keep(null);
  }
}

function describe({ id, version, gitSha, datakits }: DeployableRelease, environment: string) {
  return {
    ENVIRONMENT: environment,
    TOWPATH_RELEASE: version,
    TOWPATH_RELEASE_ID: id,
    TOWPATH_RELEASE_COMMIT: gitSha,
    TOWPATH_RELEASE_DATAKITS: JSON.stringify(datakits),
  };
}

/** Exit status, or the name of the signal that ended it. */
function waitForEnd(child: ChildProcess, environment: string): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', (thrown) => reject(missing(environment, thrown)));
    child.once('exit', (code, signalName) => resolve(code ?? signalName ?? 'no status'));
  });
}

/** Line by line; a longer one in pieces, so that nothing is kept. */
async function tell(output: Readable, log: (line: string) => void): Promise<void> {
  let rest = '';
  try {
    for await (const chunk of output.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n').flatMap(cut);
      rest = lines.pop() ?? '';
      for (const line of lines) log(`deploy: ${line}`);
    }
  } catch {
    // It was closed on our side.
  }
  if (rest !== '') log(`deploy: ${rest}`);
}

function cut(line: string): readonly string[] {
  if (line.length <= LINE_CHARACTERS) return [line];
  return line.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'gsu')) ?? [];
}

async function end(identity: ProcessIdentity): Promise<void> {
  signalGroup(identity, 'SIGTERM');
  await pause(GRACE_MS, undefined, { ref: false });
  await killGroup(identity);
}

function readKept(file: string): Kept {
  try {
    return Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // The first release, or a file that a crash cut: the command runs again.
    return { releaseId: null, running: null };
  }
}

function writeKept(file: string, kept: Kept): void {
  writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function failed(environment: string, how: string): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_COMMAND_FAILED',
    message: `The deploy command of ${environment} ${how}.`,
    cause: "What it printed stands in the agent's log.",
  });
}

function missing(environment: string, thrown: Error): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_COMMAND_MISSING',
    message: `The deploy command of ${environment} can not be run.`,
    cause: thrown.message,
    fix: 'Correct `deploy.command` of the environment, or install the program where the agent runs.',
  });
}
