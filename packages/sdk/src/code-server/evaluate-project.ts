// Evaluates a project in a child process of its own: author code never runs in the agent, and sees nothing of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { EvaluatedPipeline, EvaluationDocument, EvaluationError, OutsideFiles } from './evaluation.ts';
import { listSourceFiles } from './source-files.ts';

export type { EvaluatedPipeline, EvaluationError, OutsideFiles };

export interface EvaluateOptions {
  /** The project; its modules lie in `pipelines/`. */
  readonly folder: string;
  /** After this the child is killed and the error says so. */
  readonly timeoutMs: number;
  /** Entry module of the child; default: the source beside this file. Bundles give their own. */
  readonly codeServerEntry?: string | undefined;
  /** Node to run it; default: the one that runs us. */
  readonly nodePath?: string | undefined;
  /** Time zone that the code sees (IANA); default: that of the machine. */
  readonly timeZone?: string | undefined;
}

/** Either every pipeline of the project, or an error and no pipeline. */
export interface Evaluation extends EvaluationDocument {
  /** SHA-256 (hex) over path and content of every module in `pipelines/` and of what they import of the project, in order. */
  readonly sourceHash: string;
}

const DEFAULT_ENTRY = fileURLToPath(new URL('./code-server-main.ts', import.meta.url));

/** 10,000 tasks with long commands are about 5 MB; more than this is a mistake in a loop. */
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

/** How much of the child's own words is kept, for the case that it dies without a document. */
const MAX_OUTPUT_CHARACTERS = 4096;

/**
 * Evaluates a project: starts the code server with nothing in its environment but PATH, and reads its document. Never
 * rejects for what author code does: that is `error`, with file and line where they are known. Costs about 0.1 s.
 */
export async function evaluateProject(options: EvaluateOptions): Promise<Evaluation> {
  const child = spawn(
    options.nodePath ?? process.execPath,
    ['--disable-warning=ExperimentalWarning', options.codeServerEntry ?? DEFAULT_ENTRY, options.folder],
    { env: toEnvironment(options), stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true },
  );
  const document = await readDocument(child, options);
  return { sourceHash: hashSources(options.folder, document.modules), ...document };
}

function toEnvironment({ timeZone }: EvaluateOptions): Record<string, string> {
  return { PATH: process.env.PATH ?? '', ...(timeZone !== undefined && { TZ: timeZone }) };
}

function hashSources(folder: string, modules: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of new Set([...listSourceFiles(folder), ...modules])) {
    // Lengths keep two files from hashing like one whose content holds the other's name.
    const content = readIfThere(join(folder, path));
    hash.update(`${path.length}:${path}:${content.length}:`).update(content);
  }
  return hash.digest('hex');
}

// An editor that saves by renaming may take a file away between listing and reading; the next event evaluates again.
function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

async function readDocument(child: ChildProcess, options: EvaluateOptions): Promise<EvaluationDocument> {
  const output = collect([child.stdout, child.stderr], MAX_OUTPUT_CHARACTERS);
  const limit = setTimeout(() => killGroup(child), options.timeoutMs);
  const started = performance.now();
  // The pipe breaks when the child ends, and it always ends before we do.
  child.stdin?.on('error', () => undefined);
  try {
    const ended = waitForEnd(child);
    const text = await readAll(child.stdio[3]);
    // What author code has started in the child's group goes with it.
    killGroup(child);
    const exit = await ended;
    if (text) return JSON.parse(text);
    if (performance.now() - started >= options.timeoutMs) return failed(tookTooLong(options.timeoutMs));
    return failed(diedWithout(exit, output()));
  } catch (thrown) {
    killGroup(child);
    return failed(unusable(thrown));
  } finally {
    clearTimeout(limit);
    child.stdin?.destroy();
  }
}

function waitForEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
  });
}

async function readAll(stream: unknown): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of toReadable(stream)) {
    size += chunk.length;
    if (size > MAX_DOCUMENT_BYTES) throw new Error(`its pipelines are larger than ${MAX_DOCUMENT_BYTES} bytes as JSON`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function toReadable(stream: unknown): AsyncIterable<Buffer> {
  if (typeof stream === 'object' && stream !== null && Symbol.asyncIterator in stream) {
    // The parent's end of a 'pipe' is a Socket; `stdio` types it as readable or writable.
    return stream as AsyncIterable<Buffer>;
  }
  throw new Error('the code server has no output');
}

function collect(streams: readonly (Readable | null)[], limit: number): () => string {
  let text = '';
  for (const stream of streams) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-limit);
    });
  }
  return () => text;
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself, and nothing of its group is left.
  }
}

function failed(error: EvaluationError): EvaluationDocument {
  return { pipelines: [], modules: [], outside: { reached: [], linked: [] }, error };
}

function tookTooLong(timeoutMs: number): EvaluationError {
  const cause = 'A module waits or works while it is loaded; pipeline modules only define, tasks do the work.';
  return {
    code: 'CODE_SERVER_TIMED_OUT',
    message: `Loading the pipelines took more than ${timeoutMs / 1000} s.`,
    cause,
  };
}

function diedWithout(exit: string, output: string): EvaluationError {
  const cause = `${exit}${output ? `; its last words:\n${output}` : ''}`;
  return { code: 'CODE_SERVER_ENDED', message: 'The pipelines could not be loaded: their process ended.', cause };
}

function unusable(thrown: unknown): EvaluationError {
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'CODE_SERVER_REPLY_INVALID', message: 'The pipelines could not be loaded.', cause };
}
