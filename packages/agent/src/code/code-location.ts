// The code location `working_tree`: the project's folder as it is. Every saved change is evaluated and registered; with
// an error the server keeps the last good pipelines.
import { type Client, RegisterCode } from '@towpath/api';
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import { type Evaluation, evaluateProject } from '@towpath/sdk';
import type { ServerLink } from '../session/server-link.ts';
import { watchModules } from './watch-modules.ts';

/** Name of the code location. */
const WORKING_TREE = 'working_tree';

export interface CodeLocationOptions {
  readonly projectFolder: string;
  readonly codeServerEntry?: string | undefined;
  readonly nodePath?: string | undefined;
  readonly client: Client;
  readonly link: ServerLink;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Pipeline modules only define; what takes longer than this works or waits. */
const EVALUATION_TIMEOUT_MS = 20_000;

/** Evaluates and registers, then goes on with each change until the signal fires. Resolves after the first time. */
export async function followCode(options: CodeLocationOptions): Promise<void> {
  const { signal, log } = options;
  let registeredHash: string | undefined;
  let running: Promise<void> | undefined;
  let hasChanged = false;
  const pass = async (): Promise<void> => {
    while (hasChanged && !signal.aborted) {
      hasChanged = false;
      const evaluation = await evaluate(options);
      if (evaluation.sourceHash === registeredHash) continue;
      await register(options, evaluation);
      registeredHash = evaluation.sourceHash;
    }
  };
  const notice = (): Promise<void> => {
    hasChanged = true;
    running ??= pass()
      .catch((thrown: unknown) => {
        if (!signal.aborted) log(formatErrorLines(toErrorFacts(thrown)));
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  const stop = watchModules(options.projectFolder, () => void notice());
  signal.addEventListener('abort', stop, { once: true });
  await notice();
}

function evaluate({ projectFolder, codeServerEntry, nodePath }: CodeLocationOptions): Promise<Evaluation> {
  return evaluateProject({ folder: projectFolder, timeoutMs: EVALUATION_TIMEOUT_MS, codeServerEntry, nodePath });
}

async function register({ client, link, signal, log }: CodeLocationOptions, evaluation: Evaluation): Promise<void> {
  const { sourceHash, error } = evaluation;
  const pipelines = evaluation.pipelines.map(({ sourceFile, graph }) => ({ sourceFile, graph }));
  const body = { name: WORKING_TREE, sourceHash, pipelines, error: error === null ? null : clip(error) };
  await link.ask((callSignal) => client.call(RegisterCode, { body, signal: callSignal }), { signal });
  if (error === null) log(describe(evaluation));
  else log(formatErrorLines({ ...error, cause: error.cause ?? undefined }));
}

/** Longest texts the API takes. */
const MAX_CODE_CHARACTERS = 64;
const MAX_TEXT_CHARACTERS = 8192;

function clip({ code, message, cause }: NonNullable<Evaluation['error']>): NonNullable<Evaluation['error']> {
  return {
    code: code.slice(0, MAX_CODE_CHARACTERS),
    message: message.slice(0, MAX_TEXT_CHARACTERS),
    cause: cause?.slice(0, MAX_TEXT_CHARACTERS) ?? null,
  };
}

function describe({ pipelines }: Evaluation): string {
  const names = pipelines.map(({ graph }) => `${graph.pipeline} (${graph.tasks.length} tasks)`);
  return `pipelines loaded: ${names.join(', ') || 'none'}`;
}
