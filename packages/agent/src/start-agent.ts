// The agent of one environment: what an earlier one left is settled first, then code is registered and work claimed.
import { availableParallelism } from 'node:os';
import { type Client, createClient } from '@towpath/api';
import type { ConfigurationInputs } from '@towpath/config';
import { formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';
import { type InstalledDatakit, readDatakits } from '@towpath/datakit';
import { createAttemptDesk } from './attempts/attempt-desk.ts';
import type { AttemptLimits } from './attempts/attempt-limits.ts';
import { toGiven } from './attempts/find-misfit.ts';
import type { CheckText } from './attempts/find-task-problem.ts';
import { createRoster } from './attempts/roster.ts';
import { type AgentAudit, type AllowedContradictions, openAgentAudit } from './audit/agent-audit.ts';
import { closeAgent } from './close-agent.ts';
import { type BundleStore, openBundleStore } from './code/bundles/bundle-store.ts';
import { createBundleTokens } from './code/bundles/bundle-tokens.ts';
import { followCode } from './code/code-location.ts';
import { type AgentEnvironment, EMPTY_ENVIRONMENT } from './environment/agent-environment.ts';
import { createEnvironmentDesk } from './environment/environment-desk.ts';
import type { Executor, Leftover } from './executors/executor.ts';
import type { ExecutorSetup } from './executors/executor-setup.ts';
import { openExecutor } from './executors/open-executor.ts';
import { type FollowedSession, openFollowedSession } from './host/followed-session.ts';
import { getInstanceId } from './host/instance-id.ts';
import { lockState } from './host/state-lock.ts';
import { createInventoryDesk } from './inventory/inventory-desk.ts';
import { refuseSecrets } from './notify/notification-sink.ts';
import type { DeployCommand } from './releases/deploy-command.ts';
import { createDeployer } from './releases/deployer.ts';
import { createReleaseDesk, type ReleaseDesk, type ReleaseDeskOptions } from './releases/release-desk.ts';
import { type DailyClock, SYSTEM_CLOCK } from './retention/daily-clock.ts';
import { createRetentionDesk } from './retention/retention-desk.ts';
import { type EnvironmentSecrets, openEnvironmentSecrets, type SecretsSetup } from './secrets/environment-secrets.ts';
import { waitToRetry } from './session/backoff.ts';
import { runClaimLoop, runRenewals } from './session/claim-loop.ts';
import { createServerLink, type ServerLink } from './session/server-link.ts';

export interface AgentOptions {
  readonly serverUrl: string;
  /** Credential of the agent; the environment follows from it. */
  readonly token: string;
  /** For people who read logs. */
  readonly name: string;
  /** Attempts live in `attempts/<attemptId>/` here, logs and results included, until the server has them. */
  readonly stateFolder: string;
  /** Project whose `pipelines/` is registered as code location `working_tree`. */
  readonly projectFolder: string;
  /** Entry of the code server; default: the sdk's source. */
  readonly codeServerEntry?: string | undefined;
  /** Entry of the launcher; default: its source. */
  readonly launcherEntry?: string | undefined;
  /** Entry of the task runner; default: the sdk's source. */
  readonly taskRunnerEntry?: string | undefined;
  /** Pools the project declares, with their slots; asked with each load of its code. */
  readonly readPools?: () => Readonly<Record<string, number>>;
  /** Each holds a `datakit.yaml`. */
  readonly datakitFolders: readonly string[];
  /** Resolved configuration of the environment; an attempt gets what its datakit declares or its function names. */
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** Names of those whose text is a secret: it is taken out of what attempts print. References are so anyway. */
  readonly secretVariables?: readonly string[] | undefined;
  /** Told to the server's audit with the start: names that contradict the environment, which a person allowed. */
  readonly allowedContradictions?: AllowedContradictions | undefined;
  /** Environment that these values are of. A credential of another one ends the start: its attempts must not get them. */
  readonly expectedEnvironment?: string | undefined;
  /** Sinks, targets and what the server is told of an environment; read with each load of the project. Default: nothing. */
  readonly readEnvironment?: ((environment: string) => AgentEnvironment) | undefined;
  /**
   * What an environment is resolved from, read anew: where it declares so (`sizing.retentionDaily`), old data of its targets is
   * deleted every day. Default: nothing is.
   */
  readonly readInputs?: ((environment: string) => ConfigurationInputs | undefined) | undefined;
  /** When a day has passed. Default: the clock of this host. */
  readonly clock?: DailyClock | undefined;
  /** Judges what a task sets as variable itself. @throws TowpathError when the environment must not use it */
  readonly checkText?: CheckText | undefined;
  /** Where `secret://name#field` is fetched. Default: such a text is refused. */
  readonly secrets?: SecretsSetup | undefined;
  /** A person said that a shared environment, or what one has claimed, may be used from here. */
  readonly isAgainstShared?: boolean | undefined;
  /** Attempts at a time. Default: four per core, since most wait for databases most of the time. */
  readonly maxAttempts?: number | undefined;
  /** Without a start for so long, folders of ended attempts are deleted. Default: 6 s. */
  readonly calmMs?: number | undefined;
  /** What runs attempts. Default: processes of this host. */
  readonly executor?: ExecutorSetup | undefined;
  /** What brings releases in besides their code. Default: nothing. */
  readonly deploy?: DeployCommand | undefined;
  /** What one attempt may use. Attempts are told; what can't be enforced is said when the agent starts. */
  readonly limits?: AttemptLimits | undefined;
  /** How often the server is told what the environment's registry holds of datakits. Default: every 10 minutes. */
  readonly inventoryEveryMs?: number | undefined;
  /** Version of the platform, for logs and the server. */
  readonly version: string;
  /** Node for code server and datakits; default: the one that runs us. */
  readonly nodePath?: string;
  readonly log: (line: string) => void;
  /** Ends the start while it has not resolved; attempts on this host are left as they are. Ignored afterwards. */
  readonly signal?: AbortSignal;
}

export interface TowpathAgent {
  /**
   * Ends the agent. With `cancelRunning` its attempts are ended (TERM, KILL after ten seconds) and reported; without,
   * they go on and the next agent with this state folder adopts them. Takes 25 s at most. Idempotent.
   */
  close(options: { readonly cancelRunning: boolean }): Promise<void>;
}

/**
 * Starts an agent. Resolves when it has its session and the first evaluation of the project is registered; waits for a
 * server that is away, but not for a credential that is refused.
 *
 * @throws TowpathError `AGENT_STATE_LOCKED`, `DATAKIT_MANIFEST_INVALID`, `DATAKIT_DUPLICATE`, `AGENT_START_CANCELLED`,
 * `EXECUTOR_REFUSED`, `AGAINST_SHARED_MISSING`, `ENVIRONMENT_MISMATCH`, or the server's refusal of the credential (`AUTHENTICATION_REQUIRED`, `PERMISSION_DENIED`)
 */
export async function startAgent(options: AgentOptions): Promise<TowpathAgent> {
  const datakits = readDatakits(options.datakitFolders);
  const unlock = lockState(options.stateFolder);
  try {
    const link = createAgentLink(options);
    const instanceId = getInstanceId(options.stateFolder);
    const followed = openFollowedSession(options.stateFolder);
    const issueToken = createBundleTokens(link);
    const executor = await openExecutor({ ...options, instanceId, issueToken, log: link.log });
    const leftovers = await executor.listLeftovers();
    const bundles = await openBundleStore({ ...link, stateFolder: options.stateFolder });
    const audit = openAgentAudit({ ...link, stateFolder: options.stateFolder });
    if (options.allowedContradictions) await audit.keepContradictions(options.allowedContradictions);
    return await begin(
      createAgent(options, { ...link, instanceId, followed, datakits, executor, bundles, leftovers, audit, unlock }),
      options.signal,
    );
  } catch (thrown) {
    unlock();
    throw thrown;
  }
}

/** What does not begin, or is not wanted any more, is closed before this rejects. */
async function begin(agent: BeginningAgent, signal: AbortSignal | undefined): Promise<TowpathAgent> {
  const cancelled = Promise.withResolvers<never>();
  const cancel = (): void => cancelled.reject(startCancelled());
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (signal?.aborted) throw startCancelled();
    await Promise.race([cancelled.promise, agent.begin()]);
    return agent;
  } catch (thrown) {
    await agent.close({ cancelRunning: false });
    throw thrown;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

function startCancelled(): TowpathError {
  return new TowpathError({
    code: 'AGENT_START_CANCELLED',
    message: 'The agent was stopped before it had started.',
    cause: 'It was told to end while it waited for its server or for the first evaluation of the project.',
    fix: 'Start it again; attempts that run on this host are taken over then.',
  });
}

type BeginningAgent = TowpathAgent & { begin(): Promise<void> };

/** How this agent speaks. */
interface AgentLink {
  readonly client: Client;
  readonly link: ServerLink;
  readonly log: (line: string) => void;
}

function createAgentLink(options: AgentOptions): AgentLink {
  const log = (line: string): void => options.log(`${options.name}: ${line}`);
  const headers = () => ({ authorization: `Bearer ${options.token}` });
  return { log, client: createClient({ baseUrl: options.serverUrl, headers }), link: createServerLink(log) };
}

interface AgentParts extends AgentLink {
  readonly instanceId: string;
  readonly followed: FollowedSession;
  readonly datakits: readonly InstalledDatakit[];
  readonly executor: Executor;
  readonly bundles: BundleStore;
  readonly leftovers: readonly Leftover[];
  readonly audit: AgentAudit;
  readonly unlock: () => void;
}

function createAgent(options: AgentOptions, parts: AgentParts): BeginningAgent {
  const { client, log, executor, audit } = parts;
  const secrets = openEnvironmentSecrets(options.secrets, { log, keep: audit.keepRead });
  const roster = createRoster(options.maxAttempts ?? 4 * availableParallelism());
  const [closing, ended] = [new AbortController(), new AbortController()];
  const signals = { closing: closing.signal, ended: ended.signal };
  const { session, startGrants, clearQueue } = createAttemptDesk({
    ...parts,
    ...signals,
    agent: options,
    roster,
    readSecret: secrets.read,
    checkTargets: (variables, named) => environment.checkTargets(variables, named),
    findNeeds: (datakit) => inventory.findNeeds(datakit),
  });
  const desk = toDeskOptions(options, secrets);
  const environment = createEnvironmentDesk({ ...desk, ...parts, session, signal: signals.closing });
  const { clock = SYSTEM_CLOCK, readInputs: read = () => undefined } = options;
  const { resolveText } = desk;
  const retention = createRetentionDesk({ ...parts, session, clock, read, resolveText, signal: signals.closing });
  const inventory = createInventoryDesk({
    ...{ ...parts, session, executor: options.executor, everyMs: options.inventoryEveryMs, signal: signals.closing },
    given: toGiven(options),
  });
  const loop = { client, session, roster, start: startGrants };
  const releases = followReleases(options, {
    ...{ ...parts, session, signal: signals.closing },
    expectFunctions: (areExpected) => {
      executor.expectFunctions(areExpected);
      // What was registered, or loaded, may name other datakits.
      inventory.refresh();
    },
    onLoad: () => {
      retention.refresh();
      void environment.refresh();
    },
  });
  let closed: Promise<void> | undefined;
  return {
    begin: async () => {
      await environment.open();
      // Before a release is brought in, which may take minutes: what was adopted must not become uncertain.
      void keepRunning(() => runRenewals({ ...loop, signal: signals.ended }), signals.ended, log);
      await releases.open();
      void keepRunning(() => runClaimLoop({ ...loop, signal: signals.closing }), signals.closing, log);
      void keepRunning(environment.deliver, signals.closing, log);
      void keepRunning(() => audit.deliver(signals.ended), signals.ended, log);
      void keepRunning(retention.run, signals.closing, log);
      void keepRunning(inventory.run, signals.closing, log);
      await releases.settleWorkingTree();
      void keepRunning(releases.follow, signals.closing, log);
    },
    close: ({ cancelRunning }) => {
      const closable = { ...parts, roster, clearQueue, session, retention, closing, ended };
      closed ??= closeAgent(closable, cancelRunning).finally(secrets.close);
      return closed;
    },
  };
}

type FollowedCode = AgentParts &
  Pick<ReleaseDeskOptions, 'session' | 'signal'> & {
    readonly expectFunctions: (areExpected: boolean) => void;
    readonly onLoad: () => void;
  };

function followReleases(options: AgentOptions, code: FollowedCode): ReleaseDesk {
  return createReleaseDesk({
    ...code,
    executor: options.executor,
    ...createDeployer(options, code),
    onLoad: (hasFunctions) => {
      code.expectFunctions(hasFunctions);
      code.onLoad();
    },
    followWorkingTree: (signal) => followCode({ ...options, ...code, signal }),
  });
}

function toDeskOptions(options: AgentOptions, secrets: EnvironmentSecrets) {
  return {
    agentName: options.name,
    variables: options.environmentVariables,
    isAgainstShared: options.isAgainstShared ?? false,
    resolveText: options.secrets ? secrets.resolveText : refuseSecrets,
    read: options.readEnvironment ?? (() => EMPTY_ENVIRONMENT),
  };
}

/** Runs a loop until the signal fires. One that fails is logged and started again: an agent must not fall silent. */
async function keepRunning(loop: () => Promise<void>, signal: AbortSignal, log: (line: string) => void): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await loop();
    } catch (thrown) {
      if (signal.aborted) return;
      log(formatErrorLines(toErrorFacts(thrown)));
      await waitToRetry(failures, signal).catch(() => undefined);
    }
  }
}
