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
  /** Reads the declaration anew. @throws TowpathError when it can't be read; the last one stays then */
  readonly read: () => AgentEnvironment;
}

export interface EnvironmentDesk {
  /** Why an attempt with these variables must not start. */
  checkTargets(variables: Readonly<Record<string, string>>, named: readonly string[]): Promise<ErrorFacts | undefined>;
  /** Reads the declaration again and tells the server. Never rejects. */
  refresh(): Promise<void>;
  /** Delivers notifications until the signal fires; does not ask for any while no sink is declared. */
  deliver(): Promise<void>;
}

interface DeskState {
  environment: AgentEnvironment;
  sinks: readonly NotificationSink[];
  /** By sink: the environment whose channel it names. */
  refused: ReadonlyMap<string, string>;
  guard: { readonly sessionId: string; readonly guard: TargetGuard } | undefined;
}

/**
 * Creates the desk. The declaration is read at once: no attempt may start before its targets are known.
 *
 * @throws TowpathError when it can't be read
 */
export function createEnvironmentDesk(options: EnvironmentDeskOptions): EnvironmentDesk {
  const state: DeskState = { ...readDeclaration(options), refused: new Map(), guard: undefined };
  const hasSinks = Promise.withResolvers<void>();
  let refreshing = Promise.resolve();
  return {
    checkTargets: async (variables, named) => {
      const { targets } = state.environment;
      if (targets.length === 0) return undefined;
      return await (await getGuard(options, state)).check(targets, variables, named);
    },
    refresh: () => {
      readAnew(options, state);
      // One after the other: the report that stands at the end must be the last one.
      refreshing = refreshing.then(async () => {
        await report(options, state).catch((thrown: unknown) => complain(options, thrown));
        if (state.sinks.length > 0) hasSinks.resolve();
      });
      return refreshing;
    },
    deliver: async () => {
      await untilAborted(hasSinks.promise, options.signal);
      await runDeliveryLoop({
        ...options,
        findSink: (name) => state.sinks.find((sink) => sink.name === name),
        findOtherOwner: (sink) => state.refused.get(sink),
      });
    },
  };
}

function readDeclaration({ read, resolveText }: EnvironmentDeskOptions): Pick<DeskState, 'environment' | 'sinks'> {
  const environment = read();
  return { environment, sinks: environment.sinks.map((sink) => createSink(sink, resolveText)) };
}

/** One that can't be read leaves the last one in force: guards must not go because a file is half saved. */
function readAnew(options: EnvironmentDeskOptions, state: DeskState): void {
  try {
    Object.assign(state, readDeclaration(options));
  } catch (thrown) {
    complain(options, thrown);
  }
}

function complain({ log, signal }: EnvironmentDeskOptions, thrown: unknown): void {
  if (!signal.aborted) log(formatErrorLines(toErrorFacts(thrown)));
}

async function report(options: EnvironmentDeskOptions, state: DeskState): Promise<void> {
  const { client, session, signal, variables, log } = options;
  const guard = await getGuard(options, state);
  const body = await buildReport({ ...state, variables, guard });
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
  return createTargetGuard({ claimant, claimedBy: agentName, resolveText, log });
}
