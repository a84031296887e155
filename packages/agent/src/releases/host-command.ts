// A command of the environment's own on this host, in a process group of its own. It waits in a shell for its word until who runs it is
// on disk: an agent that is killed before leaves nothing that runs, and one that is killed later is known to have left it.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { failpoint } from '@towpath/core';
import { findExecutable } from '../executors/process/find-executable.ts';
import { killGroup, signalGroup } from '../executors/process/process-group.ts';
import { GO } from '../executors/process/shim-script.ts';
import { findProcess, type ProcessIdentity } from '../host/process-identity.ts';

/** What is run, how long, and who hears of it. */
export interface HostCommand {
  /** Program and words; no shell. */
  readonly words: readonly string[];
  readonly folder: string;
  /** All that it is given. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  /** Writes down who runs it, before it does anything; null: nobody. */
  readonly keep: (running: ProcessIdentity | null) => void;
}

/** How it ended. */
export type HostCommandEnd =
  | { readonly kind: 'missing' }
  | { readonly kind: 'too-long' }
  /** Exit status, or the name of the signal that ended it. */
  | { readonly kind: 'ended'; readonly status: number | string };

/** POSIX sh. End of input before the word: the agent died, so nothing may start. The command keeps the shell's pid. */
const WAITING_SHELL = `IFS= read -r word && [ "$word" = ${GO.trim()} ] || exit 0
exec "$@" </dev/null`;

/** Time to end after TERM. */
const GRACE_MS = 10_000;
/** After its end, for what it printed last. */
const LAST_OUTPUT_MS = 1_000;
/** A line of a log. */
const LINE_CHARACTERS = 32_768;
const LEFT_OUT = `(a line of more than ${LINE_CHARACTERS} characters is left out)`;

/** Runs it to its end, with all that it started. @throws the signal's reason */
export async function runHostCommand(command: HostCommand): Promise<HostCommandEnd> {
  const { words, folder, environmentVariables: env, keep } = command;
  const [program = '', ...rest] = words;
  keep(null);
  const executable = findExecutable(program, env.PATH ?? process.env.PATH ?? '', folder);
  if (executable === undefined) return { kind: 'missing' };
  const args = ['-c', WAITING_SHELL, 'sh', executable, ...rest];
  const child = spawn('/bin/sh', args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const ended = waitForEnd(child);
  failpoint('deploy.after-spawn');
  const identity = child.pid === undefined ? undefined : findProcess(child.pid);
  keep(identity ?? null);
  failpoint('deploy.after-record');
  // It may be gone already: its end says so.
  child.stdin.on('error', () => undefined);
  child.stdin.end(GO);
  failpoint('deploy.after-go');
  return watch(command, { child, ended, identity });
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Started {
  readonly child: Child;
  readonly ended: Promise<number | string>;
  readonly identity: ProcessIdentity | undefined;
}

async function watch(command: HostCommand, { child, ended, identity }: Started): Promise<HostCommandEnd> {
  const { signal, timeoutSeconds, onLine, keep } = command;
  const outputs = [child.stdout, child.stderr];
  const told = outputs.map((output) => tell(output, onLine));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  const onLimit = () => void (identity && end(identity));
  limit.addEventListener('abort', onLimit);
  if (limit.aborted) onLimit();
  try {
    const status = await ended;
    // What left the group may hold its output open for as long as it likes.
    await Promise.race([Promise.all(told), pause(LAST_OUTPUT_MS, undefined, { ref: false })]);
    signal.throwIfAborted();
    return limit.aborted ? { kind: 'too-long' } : { kind: 'ended', status };
  } finally {
    limit.removeEventListener('abort', onLimit);
    for (const output of outputs) output.destroy();
    if (limit.aborted && identity !== undefined) await killGroup(identity);
    keep(null);
  }
}

function waitForEnd(child: Child): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signalName) => resolve(code ?? signalName ?? 'no status'));
  });
}

/** Line by line. A piece of a long one could hold half of a secret, which nobody would find: it is left out whole. */
async function tell(output: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  try {
    for await (const chunk of output.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      // No more than shows that it is too long.
      rest = lines.pop()?.slice(0, LINE_CHARACTERS + 1) ?? '';
      for (const line of lines) onLine(shorten(line));
    }
  } catch {
    // It was closed on our side.
  }
  if (rest !== '') onLine(shorten(rest));
}

function shorten(line: string): string {
  return line.length > LINE_CHARACTERS ? LEFT_OUT : line;
}

async function end(identity: ProcessIdentity): Promise<void> {
  signalGroup(identity, 'SIGTERM');
  await pause(GRACE_MS, undefined, { ref: false });
  await killGroup(identity);
}
