// Where grants become runners, and where a new session is told what is held and told us what of it is still ours.
import { dirname } from 'node:path';
import type { AttemptGrant, Client, Execution, LeftoverAttempt } from '@towpath/api';
import { type ErrorFacts, formatErrorLines, toErrorFacts } from '@towpath/core';
import type { InstalledDatakit } from '@towpath/datakit';
import type { BundleStore } from '../code/bundles/bundle-store.ts';
import type { EnvironmentDesk } from '../environment/environment-desk.ts';
import type { Executor, HeldAttempt, Leftover } from '../executors/executor.ts';
import type { ExecutorSetup } from '../executors/executor-setup.ts';
import type { FollowedSession } from '../host/followed-session.ts';
import type { InventoryDesk } from '../inventory/inventory-desk.ts';
import { type AttemptSecretsOptions, fetchSecrets, recoverRedactor } from '../secrets/attempt-secrets.ts';
import type { ReadSecret } from '../secrets/environment-secrets.ts';
import { redactAttempt } from '../secrets/redaction/redact-attempt.ts';
import { redactFacts } from '../secrets/redaction/redact-end.ts';
import { createRedactorCache } from '../secrets/redaction/redactor-cache.ts';
import { type AgentSession, createAgentSession, type SessionOptions } from '../session/agent-session.ts';
import type { ServerLink } from '../session/server-link.ts';
import type { AttemptLimits } from './attempt-limits.ts';
import { createAttemptQueue, queueStart, type Unbegun } from './attempt-queue.ts';
import { type RunnerOptions, runAttempt } from './attempt-runner.ts';
import { type PlannedAttempt, planAttempt } from './attempt-specification.ts';
import { findMisfitOf, toGiven } from './find-misfit.ts';
import { type CheckText, findTaskProblem } from './find-task-problem.ts';
import { holdRefused } from './hold-refused.ts';
import { decideNewsDelay } from './news-delay.ts';
import { createReportChannel } from './report-channel.ts';
import { returnAttempts, returnGrants } from './return-attempts.ts';
import type { Roster } from './roster.ts';

export interface DeskOptions {
  readonly agent: {
    readonly version: string;
    readonly nodePath?: string | undefined;
    readonly environmentVariables: Readonly<Record<string, string>>;
    readonly secretVariables?: readonly string[] | undefined;
    readonly expectedEnvironment?: string | undefined;
    readonly isAgainstShared?: boolean | undefined;
    readonly limits?: AttemptLimits | undefined;
    readonly executor?: Pick<ExecutorSetup, 'name' | 'decidedBy' | 'isDeclared'> | undefined;
    readonly checkText?: CheckText | undefined;
  };
  /** What a reference of the environment's configuration stands for; who asks is audited. */
  readonly readSecret: ReadSecret;
  /** Why an attempt with these variables must not start, because of whose its targets are. */
  readonly checkTargets: EnvironmentDesk['checkTargets'];
  /** What the image of a datakit says that it needs, as far as that was read. */
  readonly findNeeds: InventoryDesk['findNeeds'];
  /** Of the state folder. */
  readonly instanceId: string;
  readonly followed: FollowedSession;
  readonly datakits: readonly InstalledDatakit[];
  readonly executor: Executor;
  readonly bundles: BundleStore;
  /** Found on this host; taken over or discarded with the first session. */
  readonly leftovers: readonly Leftover[];
  readonly client: Client;
  readonly link: ServerLink;
  readonly roster: Roster;
  readonly log: (line: string) => void;
  /** No new attempts are taken any more. */
  readonly closing: AbortSignal;
  /** The agent is gone; nothing is asked any more. */
  readonly ended: AbortSignal;
}

type Started = Pick<RunnerOptions, 'isNew' | 'hold' | 'onCancel' | 'hasBegun' | 'executor'>;

type AttemptOptions = DeskOptions & Pick<AttemptSecretsOptions, 'redactors'>;

export interface AttemptDesk {
  readonly session: AgentSession;
  /** Starts what is new among these, granted in that session; a grant may be sent twice. */
  startGrants(grants: readonly AttemptGrant[], sessionId: string): void;
  /** Gives back what has not begun; resolves when the server has answered. */
  clearQueue(): Promise<void>;
}

/** Creates the desk with its session; nothing is asked of the server before the session is. */
export function createAttemptDesk(given: DeskOptions): AttemptDesk {
  const options = withRedactors(given);
  const { client, link, log, roster, agent } = options;
  const waiting = new Map(options.leftovers.map((leftover) => [leftover.attemptId, leftover]));
  let environment = '';
  const session: AgentSession = createSession(options, {
    listHeld: () => [...[...waiting.values()].map(toHeld), ...roster.list().map((runner) => runner.describe())],
    settle: async (facts, adopted, refused) => {
      environment = facts.environment.name;
      await Promise.all(adopted.map(takeOver));
      await Promise.all(refused.map((attemptId) => giveUp(options, attemptId)));
      waiting.clear();
    },
  });
  const channel = createReportChannel({
    client,
    link,
    session,
    signal: options.ended,
    hasWaiting: () => queue.hasWaiting(),
    askAfter: (ended) => (options.closing.aborted ? { slots: 0, ahead: 0 } : roster.askAfter(ended)),
    take: (reportedIds, { attempts, sessionId }) =>
      roster.exchange(reportedIds, () => startGrants(attempts, sessionId)),
  });
  const returning = { client, session, signal: options.ended };
  const giveBack = (unbegun: readonly Unbegun[]) => returnAttempts(returning, unbegun);
  const queue = createAttemptQueue({ ...roster, log, giveBack });
  const common = { log, channel, executor: describeExecutor(agent) };
  const newsDelayMs = (): number => decideNewsDelay(roster.list().length);
  const run = (grant: AttemptGrant, more: Started): void => {
    const runner = runAttempt({ ...common, grant, newsDelayMs, ...more });
    roster.add(runner);
    void runner.done.then(() => queue.leave(runner.attemptId));
  };
  const takeOver = async (grant: AttemptGrant): Promise<void> => {
    const runner = roster.find(grant.attemptId);
    if (runner !== undefined) return runner.renewEpoch(grant.epoch);
    const leftover = waiting.get(grant.attemptId);
    if (leftover?.isStarted === false) return begin([grant]);
    const earlier = leftover?.executor && { executor: leftover.executor, decidedBy: 'an earlier agent' };
    const hold = () => queue.adopt(grant.attemptId, () => adoptAttempt(options, grant));
    run(grant, { isNew: false, hold, executor: earlier ?? common.executor });
  };
  const begin = (grants: readonly AttemptGrant[]): void => {
    for (const grant of grants) {
      const start = () => startAttempt(options, grant, environment);
      run(grant, { ...common, isNew: true, ...queueStart(queue, grant.attemptId, start) });
    }
  };
  let late: Promise<unknown> = Promise.resolve();
  const startGrants = (grants: readonly AttemptGrant[], sessionId: string): void => {
    // Of a session that has ended nothing is ours any more but what was told to the next one.
    if (!session.isCurrent(sessionId)) return;
    const fresh = grants.filter((candidate) => !roster.knows(candidate));
    // The reply to what was asked before: who closes begins nothing.
    if (options.closing.aborted) late = Promise.all([late, returnGrants(returning, fresh)]);
    else begin(fresh);
  };
  return { session, startGrants, clearQueue: async () => void (await Promise.all([queue.clear(), late])) };
}

async function giveUp({ roster, executor, log }: DeskOptions, attemptId: string): Promise<void> {
  const runner = roster.find(attemptId);
  if (runner !== undefined) return runner.abandon();
  log(`attempt ${attemptId} was left here and is not ours any more; its work was stopped`);
  // What can't be deleted now is tried again by the next agent.
  await executor.discard(attemptId).catch((thrown: unknown) => log(`attempt ${attemptId}: ${String(thrown)}`));
}

function createSession(options: DeskOptions, held: Pick<SessionOptions, 'listHeld' | 'settle'>): AgentSession {
  const { client, link, log, roster, agent, instanceId, followed } = options;
  return createAgentSession({
    ...{ client, link, log, instanceId, followed, ...held },
    version: agent.version,
    maxAttempts: roster.slots,
    isAgainstShared: agent.isAgainstShared ?? false,
    executor: agent.executor,
    expectedEnvironment: agent.expectedEnvironment,
    signal: options.ended,
  });
}

/** An agent that was told nothing runs processes. */
function describeExecutor({ executor }: DeskOptions['agent']): Pick<Execution, 'executor' | 'decidedBy'> {
  return { executor: executor?.name ?? 'process', decidedBy: executor?.decidedBy ?? 'default' };
}

function toHeld({ attemptId, epoch, specHash }: Leftover): LeftoverAttempt {
  return { attemptId, epoch, specHash };
}

function withRedactors(given: DeskOptions): AttemptOptions {
  return { ...given, redactors: createRedactorCache((problem) => given.log(formatErrorLines(problem))) };
}

async function startAttempt(options: AttemptOptions, grant: AttemptGrant, environment: string): Promise<HeldAttempt> {
  const { executor } = options;
  const bundle = await findBundle(options, grant);
  const planned = plan(options, grant, environment, bundle.folder);
  const { specification, problem, targets } = planned;
  // A secret that nobody will use is not read.
  const early =
    bundle.problem ?? problem ?? findImageMisfit(options, grant) ?? findTaskProblem(grant, options.agent.checkText);
  if (early !== undefined) return holdRefused(await executor.refuse(specification, early), early.code);
  const { texts, redactor, notes, ...secrets } = await fetchSecrets(options, planned);
  const environmentVariables = { ...specification.environmentVariables, ...texts };
  const secretNames = new Set([...specification.secretNames, ...Object.keys(texts)]);
  const facts = secrets.problem ?? (await options.checkTargets(environmentVariables, targets));
  const held =
    facts === undefined
      ? await executor.start({ ...specification, environmentVariables, secretNames, note: notes })
      : holdRefused(await executor.refuse(specification, redactFacts(facts, redactor)), facts.code);
  return redactAttempt(held, redactor);
}

/** The executor would find out, too, but some leave the image to others. */
function findImageMisfit({ agent, findNeeds }: DeskOptions, { datakit }: AttemptGrant): ErrorFacts | undefined {
  const needs = datakit === null ? undefined : findNeeds(datakit);
  return datakit === null || needs === undefined ? undefined : findMisfitOf(datakit, needs, toGiven(agent));
}

/** What a leftover prints is as secret as before. It is held first, so that its time limit is not held up by a provider. */
async function adoptAttempt(options: AttemptOptions, { attemptId, epoch }: AttemptGrant): Promise<HeldAttempt> {
  const held = await options.executor.adopt(attemptId, epoch);
  return redactAttempt(held, await recoverRedactor(options, held));
}

function plan(options: DeskOptions, grant: AttemptGrant, environment: string, bundleFolder: string): PlannedAttempt {
  const { agent, datakits, roster } = options;
  const facts = {
    environment,
    ...toGiven(agent),
    workers: roster.slots,
    nodeFolder: dirname(agent.nodePath ?? process.execPath),
    bundleFolder,
    configuration: agent.environmentVariables,
    secretNames: new Set(agent.secretVariables),
    inherited: process.env,
  };
  return planAttempt(grant, facts, datakits);
}

/** Where the code of a function lies; waits for a server that is away. A bundle that can't be had is why it can't start. */
async function findBundle(
  { bundles, ended }: DeskOptions,
  grant: AttemptGrant,
): Promise<{ readonly folder: string; readonly problem?: ErrorFacts }> {
  if (grant.function === null) return { folder: '' };
  try {
    return { folder: await bundles.get(grant.function.bundle, ended) };
  } catch (thrown) {
    if (ended.aborted) throw thrown;
    return { folder: '', problem: toErrorFacts(thrown) };
  }
}
