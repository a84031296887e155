// The agent's side of a promotion: learns which release its environment shall run, loads it, says so. Without a release the
// working tree of the project is what is registered; with one nobody evaluates that any more.
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, type Client, ReportRelease, WatchRelease } from '@towpath/api';
import { failpoint, toErrorFacts } from '@towpath/core';
import type { z } from 'zod';
import type { BundleStore } from '../code/bundles/bundle-store.ts';
import type { ExecutorSetup } from '../executors/executor-setup.ts';
import type { AgentSession } from '../session/agent-session.ts';
import { waitToRetry } from '../session/backoff.ts';
import { cleanText } from '../session/wire-text.ts';
import type { DeployableRelease } from './deploy-command.ts';
import { requireImages } from './require-images.ts';

type DesiredRelease = NonNullable<z.output<typeof WatchRelease.reply>['release']>;

/** What the desk works with. */
export interface ReleaseDeskOptions {
  readonly client: Client;
  readonly session: AgentSession;
  /** Undefined: processes. */
  readonly executor: ExecutorSetup | undefined;
  readonly bundles: BundleStore;
  /** Brings it in by the environment's own means. */
  readonly deploy: (release: DeployableRelease, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Told when a release was loaded, or could not be, whether TypeScript tasks are to be expected. */
  readonly onLoad: (hasFunctions: boolean) => void;
  /** Registers the working tree, then goes on with each change until the signal fires; resolves after the first time. */
  readonly followWorkingTree: (signal: AbortSignal) => Promise<void>;
}

/** Knows what the environment shall run. */
export interface ReleaseDesk {
  /** Loads and reports what is desired: before the first claim. Waits for a server that is away. */
  open(): Promise<void>;
  /** Registers the working tree where the environment runs no release. Resolves when that is done, or not wanted. */
  settleWorkingTree(): Promise<void>;
  /** Goes on with each change of what is desired until the signal fires. */
  follow(): Promise<void>;
}

interface DeskState {
  release: DesiredRelease | null;
  /** Ends following the working tree; undefined: it is not followed. */
  workingTree: AbortController | undefined;
  /** It knows nothing of releases. */
  isServerOlder: boolean;
}

/** Most proxies cut idle connections after 30 to 60 s. */
const WAIT_MS = 25_000;
/** How much longer than asked a server may take to answer. */
const SLACK_MS = 15_000;

/** The longest pause of a retry: an older server is replaced some day. */
const MANY_FAILURES = 16;

/** Creates the desk; nothing is asked before it is opened. */
export function createReleaseDesk(options: ReleaseDeskOptions): ReleaseDesk {
  const state: DeskState = { release: null, workingTree: undefined, isServerOlder: false };
  return {
    open: () => look(options, state, 0),
    settleWorkingTree: () => settleWorkingTree(options, state),
    follow: async () => {
      while (!options.signal.aborted) {
        if (state.isServerOlder) await waitToRetry(MANY_FAILURES, options.signal);
        await look(options, state, WAIT_MS);
        await settleWorkingTree(options, state);
      }
    },
  };
}

async function look(options: ReleaseDeskOptions, state: DeskState, waitMs: number): Promise<void> {
  const watched = await watch(options, waitMs);
  state.isServerOlder = watched === undefined;
  state.release = watched?.release ?? null;
  if (!watched?.isNews) return;
  failpoint('release.before-load');
  const error = watched.release && (await loadWhileDesired(options, watched.release));
  // Something else is desired by now, or nothing: the next look says what.
  if (error === 'overtaken') return;
  failpoint('release.before-report');
  await report(options, watched.release?.id ?? null, error);
  failpoint('release.after-report');
}

/** Undefined: the server is older, and no release can be desired. */
async function watch({ client, session, signal }: ReleaseDeskOptions, waitMs: number) {
  const asked = session.ask(
    ({ sessionId }, callSignal) =>
      client.call(WatchRelease, { params: { sessionId }, body: { waitMs }, signal: callSignal }),
    { signal, timeoutMs: waitMs + SLACK_MS },
  );
  return asked.catch((thrown: unknown) => {
    if (thrown instanceof ApiError && thrown.code === 'ROUTE_UNKNOWN') return undefined;
    throw thrown;
  });
}

/** A deploy command may take minutes, and a rollback must not wait for it. */
const LOOK_AGAIN_MS = 2_000;

/** Loads it, unless the environment shall run something else meanwhile. */
async function loadWhileDesired(
  options: ReleaseDeskOptions,
  release: DesiredRelease,
): Promise<LoadError | 'overtaken'> {
  const overtaken = new AbortController();
  const done = new AbortController();
  const signal = AbortSignal.any([options.signal, overtaken.signal]);
  const watching = watchForOther(options, release.id, done.signal).then(
    (isOther) => isOther && overtaken.abort(),
    // Who loads meets the same.
    () => undefined,
  );
  try {
    return await load({ ...options, signal }, release);
  } catch (thrown) {
    if (overtaken.signal.aborted && !options.signal.aborted) return 'overtaken';
    throw thrown;
  } finally {
    done.abort();
    await watching;
  }
}

/** True as soon as another release is desired; false when `signal` fires before. */
async function watchForOther(options: ReleaseDeskOptions, releaseId: string, signal: AbortSignal): Promise<boolean> {
  const either = AbortSignal.any([options.signal, signal]);
  try {
    for (;;) {
      await pause(LOOK_AGAIN_MS, undefined, { signal: either });
      const watched = await watch({ ...options, signal: either }, 0);
      if (watched !== undefined && watched.release?.id !== releaseId) return true;
    }
  } catch (thrown) {
    if (either.aborted) return false;
    throw thrown;
  }
}

type LoadError = { readonly code: string; readonly message: string } | null;

/** Longest texts the API takes. */
const MAX_CODE_CHARACTERS = 64;
const MAX_MESSAGE_CHARACTERS = 2000;

async function load(options: ReleaseDeskOptions, release: DesiredRelease): Promise<LoadError> {
  const { bundles, signal, log, onLoad } = options;
  const { version, bundleHash, datakits } = release;
  try {
    await requireImages(datakits, options);
    if (bundleHash !== null) await bundles.get(bundleHash, signal);
    await options.deploy(release, signal);
    log(`release ${version} is loaded`);
    onLoad(bundleHash !== null);
    return null;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    onLoad(false);
    const { code, message, cause } = toErrorFacts(thrown);
    log(`release ${version} could not be loaded: ${code}: ${message}`);
    return {
      code: cleanText(code, MAX_CODE_CHARACTERS),
      message: cleanText([message, cause].filter(Boolean).join(' '), MAX_MESSAGE_CHARACTERS),
    };
  }
}

async function report(
  { client, session, signal }: ReleaseDeskOptions,
  releaseId: string | null,
  error: LoadError,
): Promise<void> {
  const body = { releaseId, error };
  await session.ask(
    ({ sessionId }, callSignal) => client.call(ReportRelease, { params: { sessionId }, body, signal: callSignal }),
    { signal },
  );
}

async function settleWorkingTree(options: ReleaseDeskOptions, state: DeskState): Promise<void> {
  if (state.release !== null) {
    state.workingTree?.abort();
    state.workingTree = undefined;
    return;
  }
  if (state.workingTree !== undefined || options.signal.aborted) return;
  state.workingTree = new AbortController();
  await options.followWorkingTree(AbortSignal.any([options.signal, state.workingTree.signal]));
}
