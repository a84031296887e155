// The code location `working_tree`: the project's folder as it is. Every saved change is evaluated and registered; with
// an error the server keeps the last good pipelines.
import { ApiError, type Client, RegisterCode } from '@towpath/api';
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import { type Evaluation, evaluateProject } from '@towpath/sdk';
import type { ServerLink } from '../session/server-link.ts';
import { cleanText } from '../session/wire-text.ts';
import { watchModules } from './watch-modules.ts';

/** Name of the code location. */
const WORKING_TREE = 'working_tree';

export interface CodeLocationOptions {
  readonly projectFolder: string;
  readonly pools?: Readonly<Record<string, number>> | undefined;
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

async function register(options: CodeLocationOptions, evaluation: Evaluation): Promise<void> {
  const { log } = options;
  const registered = await send(options, evaluation).then(
    () => evaluation,
    async (thrown: unknown) => {
      // Only what is evaluated from other sources can be answered differently, and its author should see why.
      if (!(thrown instanceof ApiError) || evaluation.error !== null) throw thrown;
      const refused = { ...evaluation, pipelines: [], error: describeRefusal(thrown) };
      await send(options, refused);
      return refused;
    },
  );
  const { error } = registered;
  if (error === null) log(describe(registered));
  else log(formatErrorLines({ ...error, cause: error.cause ?? undefined }));
}

async function send({ client, link, signal, pools }: CodeLocationOptions, evaluation: Evaluation): Promise<void> {
  const { sourceHash, error } = evaluation;
  const pipelines = evaluation.pipelines.map(({ sourceFile, graph }) => ({ sourceFile, graph }));
  const body = { name: WORKING_TREE, sourceHash, pipelines, pools, error: error === null ? null : clip(error) };
  await link.ask((callSignal) => client.call(RegisterCode, { body, signal: callSignal }), { signal });
}

function describeRefusal({ code, message, reason }: ApiError): EvaluationError {
  return { code, message: `The server refused the pipelines: ${message}`, cause: reason ?? null };
}

/** Longest texts the API takes. */
const MAX_CODE_CHARACTERS = 64;
const MAX_TEXT_CHARACTERS = 8192;

type EvaluationError = NonNullable<Evaluation['error']>;

function clip({ code, message, cause }: EvaluationError): EvaluationError {
  return {
    code: cleanText(code, MAX_CODE_CHARACTERS),
    message: cleanText(message, MAX_TEXT_CHARACTERS),
    cause: cause === null ? null : cleanText(cause, MAX_TEXT_CHARACTERS),
  };
}

function describe({ pipelines }: Evaluation): string {
  const names = pipelines.map(({ graph }) => `${graph.pipeline} (${graph.tasks.length} tasks)`);
  return `pipelines loaded: ${names.join(', ') || 'none'}`;
}
