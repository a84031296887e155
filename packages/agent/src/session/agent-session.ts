// The one live session of this agent. When it has ended (another agent with our credential, a restored database), a new
// one is opened with everything we hold; the server says what is still ours.
import { hostname } from 'node:os';
import {
  AGENT_PROTOCOL,
  ApiError,
  type AttemptGrant,
  type Client,
  CloseSession,
  type LeftoverAttempt,
  OpenSession,
} from '@towpath/api';
import { type EnvironmentKind, failpoint, formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';
import type { z } from 'zod';
import { getBootId } from '../host/boot.ts';
import type { FollowedSession } from '../host/followed-session.ts';
import { waitToRetry } from './backoff.ts';
import { requireExpected, requireServable, type ServingExecutor } from './judge-environment.ts';
import { type AskOptions, isCredentialRefused, type ServerLink } from './server-link.ts';
import { untilAborted } from './until-aborted.ts';

type OpenedSession = z.output<typeof OpenSession.reply>;

/** An open session. */
export interface SessionFacts {
  readonly sessionId: string;
  readonly leaseSeconds: number;
  readonly environment: { readonly name: string; readonly kind: EnvironmentKind };
}

export interface AgentSession {
  /**
   * The session; opens one when there is none. All callers wait for the same opening.
   *
   * @throws TowpathError `EXECUTOR_REFUSED`, `AGAINST_SHARED_MISSING`, `ENVIRONMENT_MISMATCH`, or of the server when it refuses the credential of a first session; later
   * ones wait for a better one
   */
  get(signal: AbortSignal): Promise<SessionFacts>;
  /** Like `ServerLink.ask`, with the session; when the session turns out to have ended, with the next one. */
  ask<T>(act: (session: SessionFacts, signal: AbortSignal) => Promise<T>, options: AskOptions): Promise<T>;
  /** Whether it is this one, as far as is known: it has not turned out to have ended. */
  isCurrent(sessionId: string): boolean;
  /** Ends the session; false when the server did not, because it is away or attempts are left. */
  close(timeoutMs: number): Promise<boolean>;
}

export interface SessionOptions {
  readonly client: Client;
  readonly link: ServerLink;
  readonly version: string;
  /** Attempts that this agent runs at a time. */
  readonly maxAttempts: number;
  /** A person said that a shared environment may be served from here. */
  readonly isAgainstShared: boolean;
  /** Undefined: processes. */
  readonly executor: ServingExecutor | undefined;
  /** Of the state folder: another one does not get the session while we are live. */
  readonly instanceId: string;
  /** The session before, as the state folder knows it. */
  readonly followed: FollowedSession;
  /** Environment whose values this agent holds; undefined: whichever the credential is of. */
  readonly expectedEnvironment?: string | undefined;
  readonly log: (line: string) => void;
  /** Ends the opening of a session, whoever waits for it. */
  readonly signal: AbortSignal;
  /** What this host holds at this moment. */
  listHeld(): readonly LeftoverAttempt[];
  /** The answer to it: attempts that are ours under a new epoch, and attempts that are not. */
  settle(session: SessionFacts, adopted: readonly AttemptGrant[], refused: readonly string[]): Promise<void>;
}

/** A server that does not answer in this time ends the session by its lease. */
const CLOSE_REFUSED_MS = 2_000;

/** Creates the session; nothing is opened before it is asked for. */
export function createAgentSession(options: SessionOptions): AgentSession {
  const { client, link, log } = options;
  let opening: Promise<SessionFacts> | undefined;
  let timesEnded = 0;
  let currentId: string | undefined;
  const getShared = (): Promise<SessionFacts> => {
    opening ??= open(options, timesEnded).then(
      (facts) => {
        currentId = facts.sessionId;
        return facts;
      },
      (thrown: unknown) => {
        opening = undefined;
        throw thrown;
      },
    );
    return opening;
  };
  const forget = (ended: Promise<SessionFacts>): void => {
    if (opening !== ended) return;
    log('the session has ended; opening another (if this repeats, two agents use one credential)');
    opening = undefined;
    currentId = undefined;
    timesEnded += 1;
  };
  return {
    get: (signal) => untilAborted(getShared(), signal),
    ask: async (act, askOptions) => {
      for (;;) {
        const shared = getShared();
        const session = await untilAborted(shared, askOptions.signal);
        try {
          return await link.ask((signal) => act(session, signal), askOptions);
        } catch (thrown) {
          if (!isEnded(thrown)) throw thrown;
          forget(shared);
        }
      }
    },
    isCurrent: (sessionId) => sessionId === currentId,
    close: async (timeoutMs) => {
      const session = await opening?.catch(() => undefined);
      if (session === undefined) return true;
      return close(client, session.sessionId, timeoutMs);
    },
  };
}

async function open(options: SessionOptions, timesEnded: number): Promise<SessionFacts> {
  const { signal } = options;
  failpoint('session.before-open');
  // Two agents that take the session from each other become slow instead of busy.
  if (timesEnded > 0) await waitToRetry(timesEnded, signal);
  const reply = await askForSession(options, timesEnded === 0).catch((thrown: unknown) => {
    throw isCredentialRefused(thrown) ? credentialRefused(thrown) : thrown;
  });
  failpoint('session.after-open');
  const { sessionId, leaseSeconds, environment } = reply;
  const session = { sessionId, leaseSeconds, environment };
  options.followed.note(sessionId);
  try {
    requireExpected(environment, options.expectedEnvironment);
    const banner = requireServable(environment, options);
    if (banner !== undefined) options.log(`\n${banner}`);
  } catch (thrown) {
    await close(options.client, sessionId, CLOSE_REFUSED_MS);
    throw thrown;
  }
  await options.settle(session, reply.adopted, reply.refused);
  failpoint('session.after-settle');
  return session;
}

/** Waits while another agent with our credential is live; it may fall silent. */
async function askForSession(options: SessionOptions, takesRefusal: boolean): Promise<OpenedSession> {
  const { client, link, version, instanceId, maxAttempts, signal, log } = options;
  for (let refusals = 0; ; refusals += 1) {
    try {
      return await link.ask(
        (callSignal) => {
          const leftovers = [...options.listHeld()];
          const follows = options.followed.find();
          const body = {
            host: hostname(),
            bootId: getBootId(),
            version,
            instanceId,
            protocol: AGENT_PROTOCOL,
            maxAttempts,
            leftovers,
            ...(follows !== undefined && { follows }),
          };
          return client.call(OpenSession, { body, signal: callSignal });
        },
        { signal, takesRefusal },
      );
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.code !== 'AGENT_ALREADY_CONNECTED') throw thrown;
      if (refusals === 0) log(`waiting until the other agent is gone\n${formatErrorLines(toErrorFacts(thrown))}`);
    }
    await waitToRetry(refusals, signal);
  }
}

async function close(client: Client, sessionId: string, timeoutMs: number): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutMs);
  return client.call(CloseSession, { params: { sessionId }, signal }).then(
    ({ ended }) => ended,
    // It ends by its lease.
    () => false,
  );
}

function credentialRefused(refusal: ApiError): TowpathError {
  const { code, message, reason } = refusal;
  const fix = "Set TOWPATH_AGENT_TOKEN to this agent's credential as its server issued it.";
  return new TowpathError({ code, message, cause: reason, fix }, { cause: refusal });
}

function isEnded(thrown: unknown): boolean {
  return thrown instanceof ApiError && (thrown.code === 'SESSION_ENDED' || thrown.code === 'SESSION_UNKNOWN');
}
