// The agent's side of a promotion: learns which release its environment shall run, loads it, says so. Without a release the
// working tree of the project is what is registered; with one nobody evaluates that any more.
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, type Client, ReportRelease, WatchRelease } from '@towpath/api';
import { failpoint, toErrorFacts } from '@towpath/core';
import type { InstalledDatakit } from '@towpath/datakit';
import type { z } from 'zod';
import type { BundleStore } from '../code/bundles/bundle-store.ts';
import type { ExecutorSetup } from '../executors/executor-setup.ts';
import type { AgentSession } from '../session/agent-session.ts';
import { waitToRetry } from '../session/backoff.ts';
import { cleanText } from '../session/wire-text.ts';
import type { DesiredDeploy } from './deploy-command.ts';
import type { PlanDesk } from './plan-desk.ts';
import { requireImages } from './require-images.ts';

type Watched = z.output<typeof WatchRelease.reply>;
type DesiredRelease = NonNullable<Watched['release']>;

/** What the desk works with. */
export interface ReleaseDeskOptions {
  readonly client: Client;
  readonly session: AgentSession;
  /** Undefined: processes. */
  readonly executor: ExecutorSetup | undefined;
  /** On this host. */
  readonly datakits: readonly InstalledDatakit[];
  readonly bundles: BundleStore;
  /** Brings it in by the environment's own means. */
  readonly deploy: (release: DesiredDeploy, signal: AbortSignal) => Promise<void>;
  /** Ends commands that an agent before this one left running. */
  readonly endLeft: () => Promise<void>;
  /** Makes plans of the deploy command; undefined: there is nothing to look at before it runs. */
  readonly plans: PlanDesk | undefined;
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
    open: async () => {
      await options.endLeft();
      await look(options, state, 0);
    },
    settleWorkingTree: () => settleWorkingTree(options, state),
    follow: async () => {
      // The first look does not wait: a plan that an agent before this one made is looked at.
      for (let waitMs = 0; !options.signal.aborted; waitMs = WAIT_MS) {
        if (state.isServerOlder) await waitToRetry(MANY_FAILURES, options.signal);
        const watched = await look(options, state, waitMs);
        await settleWorkingTree(options, state);
        if (watched?.wantedPlan) await settlePlan(options, watched.wantedPlan);
      }
    },
  };
}

async function look(options: ReleaseDeskOptions, state: DeskState, waitMs: number): Promise<Watched | undefined> {
  const watched = await watch(options, waitMs);
  state.isServerOlder = watched === undefined;
  state.release = watched?.release ?? null;
  if (!watched?.isNews) return watched;
  failpoint('release.before-load');
  const { release } = watched;
  const error = release && (await loadWhileDesired(options, release));
  // Something else is desired by now, or nothing: the next look says what.
  if (error === 'overtaken') return undefined;
  failpoint('release.before-report');
  await report(options, release?.id ?? null, error);
  failpoint('release.after-report');
  return watched;
}

/** Undefined: the server is older, and no release can be desired. */
async function watch({ client, session, plans, signal }: ReleaseDeskOptions, waitMs: number) {
  // An older server takes no word that it does not know.
  const body = plans ? { waitMs, makesDeployPlans: true } : { waitMs };
  const asked = session.ask(
    ({ sessionId }, callSignal) => client.call(WatchRelease, { params: { sessionId }, body, signal: callSignal }),
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
function loadWhileDesired(options: ReleaseDeskOptions, release: DesiredRelease): Promise<LoadError | 'overtaken'> {
  const key = keyOf(release);
  const isDesired = (watched: Watched) => watched.release !== null && keyOf(watched.release) === key;
  return whileSo(options, isDesired, (signal) => load({ ...options, signal }, release));
}

/** Also the same release is something else with another plan. */
function keyOf({ id, deployPlan }: DesiredRelease): string {
  return `${id} ${deployPlan?.id}`;
}

/** Makes the plan that is wanted and tells it, unless nobody waits for it any more. */
async function settlePlan(options: ReleaseDeskOptions, wanted: NonNullable<Watched['wantedPlan']>): Promise<void> {
  const { plans } = options;
  if (plans === undefined || plans.hasMade(wanted)) return;
  const isWanted = (watched: Watched) => !watched.isNews && watched.wantedPlan?.promotionId === wanted.promotionId;
  await whileSo(options, isWanted, (signal) => plans.make(wanted, signal));
}

/** Acts as long as what the server says is so; `overtaken` as soon as it is not. */
async function whileSo<T>(
  options: ReleaseDeskOptions,
  isSo: (watched: Watched) => boolean,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'overtaken'> {
  const overtaken = new AbortController();
  const done = new AbortController();
  const watching = watchForOther(options, isSo, done.signal).then(
    (isOther) => isOther && overtaken.abort(),
    // Who acts meets the same.
    () => undefined,
  );
  try {
    return await act(AbortSignal.any([options.signal, overtaken.signal]));
  } catch (thrown) {
    if (overtaken.signal.aborted && !options.signal.aborted) return 'overtaken';
    throw thrown;
  } finally {
    done.abort();
    await watching;
  }
}

/** True as soon as it is not so any more; false when `signal` fires before. */
async function watchForOther(
  options: ReleaseDeskOptions,
  isSo: (watched: Watched) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const either = AbortSignal.any([options.signal, signal]);
  try {
    for (;;) {
      await pause(LOOK_AGAIN_MS, undefined, { signal: either });
      const watched = await watch({ ...options, signal: either }, 0);
      if (watched !== undefined && !isSo(watched)) return true;
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
