// Asks for work, one long poll after the other, and keeps the session's lease alive.
import { setTimeout as pause } from 'node:timers/promises';
import { type AttemptGrant, ClaimAttempts, type Client, RenewSession } from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { Roster } from '../attempts/roster.ts';
import type { AgentSession } from './agent-session.ts';

export interface ClaimLoopOptions {
  readonly client: Client;
  readonly session: AgentSession;
  readonly roster: Roster;
  readonly signal: AbortSignal;
  start(grants: readonly AttemptGrant[], sessionId: string): void;
}

/** Most proxies cut idle connections after 30 to 60 s. */
const WAIT_MS = 25_000;
/** What is asked for beyond the slots says what tasks were like a moment ago; so long it may be believed. */
const BEYOND_WAIT_MS = 2_000;
/** How much longer than asked a server may take to answer. */
const SLACK_MS = 15_000;

/** Runs until the signal fires; resolves then. Rejects when the server refuses what an agent says. */
export async function runClaimLoop(options: ClaimLoopOptions): Promise<void> {
  const { roster, signal } = options;
  let interrupt: AbortController | undefined;
  // Most slots are taken again by what a finish is answered with.
  roster.onFree(() => {
    if (roster.freeSlots() > 0) interrupt?.abort();
  });
  while (!signal.aborted) {
    // Without slots nothing can be granted, so only then is it safe to hang up and ask again with more.
    interrupt = roster.freeSlots() === 0 ? new AbortController() : undefined;
    const waiting = interrupt ? AbortSignal.any([signal, interrupt.signal]) : signal;
    const reply = await unlessAborted(claim(options, waiting), waiting);
    for (const attemptId of reply?.cancel ?? []) roster.find(attemptId)?.cancel();
    if (reply?.attempts.length) failpoint('claim.before-start');
    if (reply) options.start(reply.attempts, reply.sessionId);
  }
}

function claim({ client, session, roster }: ClaimLoopOptions, signal: AbortSignal) {
  const asked = roster.askNow();
  const waitMs = asked.ahead > 0 ? BEYOND_WAIT_MS : WAIT_MS;
  return session.ask(
    async ({ sessionId }, callSignal) => {
      const answer = await client.call(ClaimAttempts, {
        params: { sessionId },
        body: { ...asked, waitMs },
        signal: callSignal,
      });
      return { ...answer, sessionId };
    },
    { signal, timeoutMs: waitMs + SLACK_MS },
  );
}

/** Renews the lease three times in its span until the signal fires: two lost renewals do no harm. */
export async function runRenewals({ client, session, roster, signal }: ClaimLoopOptions): Promise<void> {
  while (!signal.aborted) {
    const { leaseSeconds } = await session.get(signal);
    await pause((leaseSeconds * 1000) / 3, undefined, { signal });
    const reply = await session.ask(
      ({ sessionId }, callSignal) => client.call(RenewSession, { params: { sessionId }, signal: callSignal }),
      { signal },
    );
    failpoint('renew.after');
    for (const attemptId of reply.cancel) roster.find(attemptId)?.cancel();
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await promise;
  } catch (thrown) {
    if (signal.aborted) return undefined;
    throw thrown;
  }
}
