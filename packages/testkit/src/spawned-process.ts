// A real process under test: its output is kept, waits have deadlines that print it, and the end is certain.

import { type ChildProcess, spawn } from 'node:child_process';
import { listDescendants } from './process-table.ts';
import { signalProcess } from './signal-process.ts';
import { waitFor } from './wait-for.ts';

export interface SpawnRequest {
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

export interface ProcessExit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnedProcess {
  readonly pid: number;
  /** Everything on stdout so far. */
  stdout(): string;
  /** Everything on stderr so far. */
  stderr(): string;
  /** Both, in the order they came. */
  output(): string;
  /** Waits until `pattern` is in the output; fails early when the process ended without it. */
  waitForOutput(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
  waitForExit(deadlineMs?: number): Promise<ProcessExit>;
  /** Signals the process alone. */
  kill(signal: NodeJS.Signals): void;
  /** Signals its whole process group, as Ctrl-C in a terminal does with SIGINT. */
  killGroup(signal: NodeJS.Signals): void;
  /** kill -9 to it and everything below it, then waits for its end. For cleaning up; idempotent. */
  destroy(): Promise<void>;
}

/** Two cores shared with other tests: a process that needs a second alone may need twenty here. */
const DEFAULT_DEADLINE_MS = 30_000;

/** How much of the output a failure shows; the interesting part is its end. */
const SHOWN_CHARACTERS = 4_000;

/** Starts `request.command` as leader of its own process group. Rejects when it cannot be started at all. */
export async function spawnProcess(request: SpawnRequest): Promise<SpawnedProcess> {
  const child = spawn(request.command, request.args ?? [], {
    cwd: request.cwd,
    env: { ...process.env, ...request.env },
    detached: true,
    stdio: 'pipe',
  });
  const ended = new Promise<ProcessExit>((resolve) => {
    // `exit`, not `close`: a grandchild that keeps the pipe open must not hide that the process ended.
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  // A process that ends without reading its input breaks our pipe; its exit code tells the story.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(request.input);
  return createHandle(child, pid, ended);
}

function createHandle(child: ChildProcess, pid: number, ended: Promise<ProcessExit>): SpawnedProcess {
  const captured = captureOutput(child);
  let exit: ProcessExit | undefined;
  void ended.then((result) => {
    exit = result;
  });
  return {
    pid,
    ...captured,
    waitForOutput: (pattern, deadlineMs = DEFAULT_DEADLINE_MS) =>
      explain(captured.output, waitForMatch({ pattern, deadlineMs, output: captured.output, exit: () => exit })),
    waitForExit: (deadlineMs = DEFAULT_DEADLINE_MS) =>
      explain(
        captured.output,
        waitFor(`process ${pid} to end`, deadlineMs, () => exit),
      ),
    kill: (signal) => signalProcess(pid, signal),
    killGroup: (signal) => signalProcess(-pid, signal),
    destroy: async () => {
      for (const row of listDescendants(pid)) signalProcess(row.pid, 'SIGKILL');
      signalProcess(-pid, 'SIGKILL');
      await ended;
    },
  };
}

function captureOutput(child: ChildProcess): Pick<SpawnedProcess, 'stdout' | 'stderr' | 'output'> {
  const chunks: { readonly stream: 'stdout' | 'stderr'; readonly text: string }[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => chunks.push({ stream, text }));
  }
  const join = (stream?: 'stdout' | 'stderr'): string =>
    chunks.flatMap((chunk) => (stream === undefined || chunk.stream === stream ? [chunk.text] : [])).join('');
  return { stdout: () => join('stdout'), stderr: () => join('stderr'), output: () => join() };
}

interface MatchRequest {
  readonly pattern: RegExp;
  readonly deadlineMs: number;
  output(): string;
  exit(): ProcessExit | undefined;
}

async function waitForMatch(request: MatchRequest): Promise<RegExpExecArray> {
  const { pattern, exit } = request;
  const found = await waitFor(`output ${pattern}`, request.deadlineMs, () => {
    // Asked before looking: what was written before the end has then arrived, apart from the pipe's last moment.
    const ended = exit();
    const match = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(request.output());
    if (match) return { match };
    return ended ? { ended } : undefined;
  });
  if ('match' in found) return found.match;
  throw new Error(`Process ended (code ${found.ended.code}, signal ${found.ended.signal}) without ${pattern}.`);
}

async function explain<T>(output: () => string, waiting: Promise<T>): Promise<T> {
  try {
    return await waiting;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`${text}\nIts output:\n${output().slice(-SHOWN_CHARACTERS) || '(none)'}`, { cause: error });
  }
}
