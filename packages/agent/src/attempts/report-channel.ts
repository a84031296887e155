// What all attempts report through: starts and ends of several share a request while one is under way.
import {
  ApiError,
  type AttemptGrant,
  type Client,
  FinishAttempts,
  type FinishedAttempt,
  type LeftoverAttempt,
  ReportStarted,
} from '@towpath/api';
import { type Batcher, createBatcher } from '@towpath/core';
import type { AgentSession } from '../session/agent-session.ts';
import type { ServerLink } from '../session/server-link.ts';
import { createPace } from './pace.ts';
import type { Asked } from './prefetch.ts';

/** Attempts that the server says are not under that epoch any more. */
export interface StaleReply {
  readonly stale: readonly string[];
}

export interface ReportChannel {
  readonly client: Client;
  readonly link: ServerLink;
  readonly session: AgentSession;
  readonly starts: Batcher<Pick<LeftoverAttempt, 'attemptId' | 'epoch'>, StaleReply>;
  readonly finishes: Batcher<FinishedAttempt, StaleReply>;
}

export interface ReportChannelOptions {
  readonly client: Client;
  readonly link: ServerLink;
  readonly session: AgentSession;
  /** Ends everything that is still asked. */
  readonly signal: AbortSignal;
  /** Attempts wait here for a slot. */
  hasWaiting(): boolean;
  /** What can be taken when so many have ended. */
  askAfter(ended: number): Asked;
  /** What was accepted, and what is granted for the slots of it. */
  take(reportedIds: readonly string[], granted: Granted): void;
}

/** Grants, and the session that they are of. */
export interface Granted {
  readonly attempts: readonly AttemptGrant[];
  readonly sessionId: string;
}

/** The server takes 1,000; with results and the last of their logs so many stay below its limit of a body. */
const MAX_REPORTS = 100;

/**
 * From one report of ends to the next, which waits for the answer of the first one anyhow, mostly longer. Ends that come meanwhile
 * share a transaction: 2.4 of eight at a time. With 20 ms 200 commands of 10 ms took a quarter longer, with 2 ms no less.
 */
const FINISH_INTERVAL_MS = 5;
/** While others wait here for slots, nobody waits for the answer. */
const BUSY_INTERVAL_MS = 30;

/** Creates the channel; it holds nothing open. */
export function createReportChannel(options: ReportChannelOptions): ReportChannel {
  const { client, link, session, signal } = options;
  const isRefusal = (thrown: unknown): boolean => thrown instanceof ApiError;
  const starts = createBatcher({
    maxItems: MAX_REPORTS,
    isRefusal,
    send: (attempts: readonly Pick<LeftoverAttempt, 'attemptId' | 'epoch'>[]): Promise<StaleReply> =>
      session.ask(
        ({ sessionId }, callSignal) =>
          client.call(ReportStarted, { params: { sessionId }, body: { attempts: [...attempts] }, signal: callSignal }),
        { signal },
      ),
  });
  const finishes = createBatcher({
    maxItems: MAX_REPORTS,
    pace: createPace(() => (options.hasWaiting() ? BUSY_INTERVAL_MS : FINISH_INTERVAL_MS)),
    isRefusal,
    send: (attempts: readonly FinishedAttempt[]) => sendFinishes(options, attempts),
  });
  return { client, link, session, starts, finishes };
}

async function sendFinishes(
  { client, session, signal, askAfter, take }: ReportChannelOptions,
  attempts: readonly FinishedAttempt[],
): Promise<StaleReply> {
  const reply = await session.ask(
    async ({ sessionId }, callSignal) => {
      const body = { attempts: [...attempts], ...askAfter(attempts.length) };
      const answer = await client.call(FinishAttempts, { params: { sessionId }, body, signal: callSignal });
      return { ...answer, sessionId };
    },
    { signal },
  );
  const stale = new Set(reply.stale);
  const reportedIds = attempts.map(({ attemptId }) => attemptId).filter((attemptId) => !stale.has(attemptId));
  take(reportedIds, reply);
  return reply;
}
