// The agent's side of its environment: reads what is declared, tells the server, guards targets and knows the sinks.
import { type Client, ReportConfiguration } from '@towpath/api';
import { type ErrorFacts, formatErrorLines, toErrorFacts } from '@towpath/core';
import { createSink } from '../notify/create-sink.ts';
import { runDeliveryLoop } from '../notify/delivery-loop.ts';
import type { NotificationSink, ResolveText } from '../notify/notification-sink.ts';
import type { AgentSession, SessionFacts } from '../session/agent-session.ts';
import type { ServerLink } from '../session/server-link.ts';
import { untilAborted } from '../session/until-aborted.ts';
import { createTargetGuard, type TargetGuard } from '../targets/target-guard.ts';
import type { AgentEnvironment } from './agent-environment.ts';
import { buildReport } from './report-environment.ts';

/** What the desk works with. */
export interface EnvironmentDeskOptions {
  readonly client: Client;
  readonly link: ServerLink;
  readonly session: AgentSession;
  readonly log: (line: string) => void;
  /** Ends reports and deliveries. */
  readonly signal: AbortSignal;
  readonly agentName: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly isAgainstShared: boolean;
  readonly resolveText: ResolveText;
  /** Reads the declaration of an environment anew. @throws TowpathError when it can't be read; the last one stays then */
  readonly read: (environment: string) => AgentEnvironment;
}

export interface EnvironmentDesk {
  /**
   * Reads the declaration: before the first claim, since no attempt may start before its targets are known.
   *
   * @throws TowpathError when it can't be read
   */
  open(): Promise<void>;
  /** Why an attempt with these variables must not start. */
  checkTargets(variables: Readonly<Record<string, string>>, named: readonly string[]): Promise<ErrorFacts | undefined>;
  /** Reads the declaration again and tells the server. Never rejects. */
  refresh(): Promise<void>;
  /** Delivers notifications until the signal fires; does not ask for any while no sink is declared. */
  deliver(): Promise<void>;
}

interface Declaration {
  readonly environment: AgentEnvironment;
  readonly sinks: readonly NotificationSink[];
}

interface DeskState {
  declaration: Declaration | undefined;
  /** By sink: the environment whose channel it names. */
  refused: ReadonlyMap<string, string>;
  guard: { readonly sessionId: string; readonly guard: TargetGuard } | undefined;
}

/** Creates the desk; nothing is read before it is opened. */
export function createEnvironmentDesk(options: EnvironmentDeskOptions): EnvironmentDesk {
  const state: DeskState = { declaration: undefined, refused: new Map(), guard: undefined };
  const hasSinks = Promise.withResolvers<void>();
  let refreshing = Promise.resolve();
  return {
    open: async () => {
      state.declaration = await readDeclaration(options);
    },
    checkTargets: async (variables, named) => {
      const { targets } = getDeclaration(state).environment;
      if (targets.length === 0) return undefined;
      return await (await getGuard(options, state)).check(targets, variables, named);
    },
    refresh: () => {
      // One after the other: the report that stands at the end must be the last one.
      refreshing = refreshing
        .then(() => refresh(options, state))
        .catch((thrown: unknown) => complain(options, thrown))
        .finally(() => {
          if (getDeclaration(state).sinks.length > 0) hasSinks.resolve();
        });
      return refreshing;
    },
    deliver: async () => {
      await untilAborted(hasSinks.promise, options.signal);
      await runDeliveryLoop({
        ...options,
        findSink: (name) => getDeclaration(state).sinks.find((sink) => sink.name === name),
        findOtherOwner: (sink) => state.refused.get(sink),
      });
    },
  };
}

function getDeclaration({ declaration }: DeskState): Declaration {
  if (declaration === undefined) throw new Error('the environment desk was used before it was opened');
  return declaration;
}

async function readDeclaration({ read, resolveText, session, signal }: EnvironmentDeskOptions): Promise<Declaration> {
  const environment = read((await session.get(signal)).environment.name);
  return { environment, sinks: environment.sinks.map((sink) => createSink(sink, resolveText)) };
}

/** A file that can't be read leaves the last one in force: guards must not go because it is half saved. */
async function refresh(options: EnvironmentDeskOptions, state: DeskState): Promise<void> {
  await readDeclaration(options).then(
    (declaration) => {
      state.declaration = declaration;
    },
    (thrown: unknown) => complain(options, thrown),
  );
  await report(options, state);
}

function complain({ log, signal }: EnvironmentDeskOptions, thrown: unknown): void {
  if (!signal.aborted) log(formatErrorLines(toErrorFacts(thrown)));
}

async function report(options: EnvironmentDeskOptions, state: DeskState): Promise<void> {
  const { client, session, signal, variables, log } = options;
  const guard = await getGuard(options, state);
  const body = await buildReport({ ...getDeclaration(state), variables, guard });
  const { refusedSinks } = await session.ask(
    ({ sessionId }, callSignal) =>
      client.call(ReportConfiguration, { params: { sessionId }, body, signal: callSignal }),
    { signal },
  );
  state.refused = new Map(refusedSinks.map(({ sink, environment }) => [sink, environment]));
  for (const { sink, environment } of refusedSinks)
    log(`sink ${sink} is not used: environment ${environment} names the same channel`);
}

/** A guard lives as long as the session: the next one asks the targets again. */
async function getGuard(options: EnvironmentDeskOptions, state: DeskState): Promise<TargetGuard> {
  const facts = await options.session.get(options.signal);
  if (state.guard?.sessionId === facts.sessionId) return state.guard.guard;
  const guard = createGuard(options, facts);
  state.guard = { sessionId: facts.sessionId, guard };
  return guard;
}

function createGuard(options: EnvironmentDeskOptions, { environment }: SessionFacts): TargetGuard {
  const { isAgainstShared, agentName, resolveText, log } = options;
  const claimant = { environment: environment.name, kind: environment.kind, isAgainstShared };
  return createTargetGuard({ claimant, claimedBy: agentName, resolveText, log, now: () => performance.now() });
}
