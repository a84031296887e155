// The code location `working_tree`: the project's folder as it is. Every saved change is evaluated and registered; with
// an error the server keeps the last good pipelines.
import { ApiError, type Client, RegisterCode, UploadBundle } from '@towpath/api';
import { failpoint, formatErrorLines, toErrorFacts } from '@towpath/core';
import type { EvaluationError } from '@towpath/sdk';
import type { ServerLink } from '../session/server-link.ts';
import type { ProjectBundle } from './bundles/build-bundle.ts';
import type { BundleStore } from './bundles/bundle-store.ts';
import { hasFunctions, type LoadedCode, loadCode, type Registration, toFailed } from './load-code.ts';
import { watchModules } from './watch-modules.ts';

/** Name of the code location. */
const WORKING_TREE = 'working_tree';

/** Declares the pools, among others. */
const PROJECT_FILE = 'towpath.yaml';

export interface CodeLocationOptions {
  readonly projectFolder: string;
  readonly codeServerEntry?: string | undefined;
  readonly nodePath?: string | undefined;
  /** Pools the project declares, with their slots; asked with each load. */
  readonly readPools?: (() => Readonly<Record<string, number>>) | undefined;
  readonly bundles: BundleStore;
  readonly client: Client;
  readonly link: ServerLink;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Told after each good registration whether it has TypeScript tasks. */
  readonly expectFunctions: (areExpected: boolean) => void;
  /** Told of each load, good or not: the project file may have changed with it. */
  readonly onLoad: () => void;
}

/** Evaluates and registers, then goes on with each change until the signal fires. Resolves after the first time. */
export async function followCode(options: CodeLocationOptions): Promise<void> {
  const { signal, log, projectFolder } = options;
  let registered: string | undefined;
  let running: Promise<void> | undefined;
  let hasChanged = false;
  const pass = async (): Promise<void> => {
    while (hasChanged && !signal.aborted) {
      hasChanged = false;
      const loaded = await loadCode({ ...options, folder: projectFolder });
      watch.follow(loaded.files);
      options.onLoad();
      // All of it and not only the hash of the sources: a file may have changed again while it was evaluated.
      const whole = JSON.stringify(loaded.registration);
      if (whole === registered) continue;
      await register(options, loaded);
      registered = whole;
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
  const watch = watchModules(projectFolder, [PROJECT_FILE], () => void notice());
  signal.addEventListener('abort', watch.stop, { once: true });
  await notice();
}

async function register(options: CodeLocationOptions, loaded: LoadedCode): Promise<void> {
  const { log } = options;
  const { registration, files: modules } = loaded;
  const registered = await send(options, loaded).then(
    () => registration,
    async (thrown: unknown) => {
      // Only what is evaluated from other sources can be answered differently, and its author should see why.
      if (!(thrown instanceof ApiError) || registration.error !== null) throw thrown;
      // A promotion came in between. What is in the folder runs nowhere, so it is no error of its author.
      if (thrown.code === 'ENVIRONMENT_RELEASED') throw thrown;
      const refused = toFailed({ sourceHash: registration.sourceHash, modules }, describeRefusal(thrown));
      await send(options, refused);
      return refused.registration;
    },
  );
  const { error } = registered;
  if (error !== null) return log(formatErrorLines({ ...error, cause: error.cause ?? undefined }));
  options.expectFunctions(hasFunctions(registered));
  log(describe(registered));
}

async function send(options: CodeLocationOptions, { registration, bundle }: LoadedCode): Promise<void> {
  if (bundle === undefined) return sendRegistration(options, registration);
  await options.bundles.add(bundle);
  try {
    await sendRegistration(options, registration);
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.code !== 'BUNDLE_UNKNOWN') throw thrown;
    await upload(options, bundle);
    await sendRegistration(options, registration);
  }
}

async function sendRegistration({ client, link, signal }: CodeLocationOptions, rest: Registration): Promise<void> {
  const body = { name: WORKING_TREE, ...rest };
  failpoint('register.before');
  await link.ask((callSignal) => client.call(RegisterCode, { body, signal: callSignal }), { signal });
  failpoint('register.after');
}

/** A large one on a slow line. */
const UPLOAD_TIMEOUT_MS = 120_000;

async function upload({ client, link, signal }: CodeLocationOptions, bundle: ProjectBundle): Promise<void> {
  const { hash, bytes } = bundle;
  await link.ask((callSignal) => client.call(UploadBundle, { params: { hash }, bytes, signal: callSignal }), {
    signal,
    timeoutMs: UPLOAD_TIMEOUT_MS,
  });
}

function describeRefusal({ code, message, reason }: ApiError): EvaluationError {
  return { code, message: `The server refused the pipelines: ${message}`, cause: reason ?? null };
}

function describe({ pipelines }: Registration): string {
  const names = pipelines.map(({ graph }) => `${graph.pipeline} (${graph.tasks.length} tasks)`);
  return `pipelines loaded: ${names.join(', ') || 'none'}`;
}
