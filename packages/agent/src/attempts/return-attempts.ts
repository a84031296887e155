// What an agent says of attempts that it was granted and never began.
import {
  ApiError,
  type AttemptGrant,
  type Client,
  MAX_ATTEMPTS_A_REQUEST,
  ReportStarted,
  ReturnAttempts,
} from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { AgentSession } from '../session/agent-session.ts';
import type { Unbegun } from './attempt-queue.ts';

/** How it is said. */
export interface Returning {
  readonly client: Client;
  readonly session: AgentSession;
  /** Ends everything that is still asked. */
  readonly signal: AbortSignal;
}

/** Says that these never began; resolves with those that have to be run all the same. A new session may raise their epochs meanwhile. */
export async function returnAttempts(returning: Returning, unbegun: readonly Unbegun[]): Promise<readonly string[]> {
  const kept: string[] = [];
  for (let at = 0; at < unbegun.length; at += MAX_ATTEMPTS_A_REQUEST)
    kept.push(...(await returnSome(returning, unbegun.slice(at, at + MAX_ATTEMPTS_A_REQUEST))));
  return kept;
}

async function returnSome(returning: Returning, unbegun: readonly Unbegun[]): Promise<readonly string[]> {
  failpoint('give-back.before');
  const kept = await ask(returning, unbegun).catch((thrown: unknown) => {
    // Refused, and yet a try before this one may have been taken, its answer lost.
    if (thrown instanceof ApiError) return findOwn(returning, unbegun);
    throw thrown;
  });
  failpoint('give-back.after');
  return kept;
}

async function ask({ client, session, signal }: Returning, unbegun: readonly Unbegun[]): Promise<readonly string[]> {
  const reply = await session.ask(
    ({ sessionId }, callSignal) => {
      const input = { params: { sessionId }, body: { attempts: toKeys(unbegun) } };
      return client.call(ReturnAttempts, { ...input, signal: callSignal });
    },
    { signal },
  );
  return reply.kept;
}

/** Those that are still ours, which counts as their start. */
async function findOwn(
  { client, session, signal }: Returning,
  unbegun: readonly Unbegun[],
): Promise<readonly string[]> {
  const { stale } = await session.ask(
    ({ sessionId }, callSignal) => {
      const input = { params: { sessionId }, body: { attempts: toKeys(unbegun) } };
      return client.call(ReportStarted, { ...input, signal: callSignal });
    },
    { signal },
  );
  return unbegun.map(({ attemptId }) => attemptId).filter((id) => !stale.includes(id));
}

function toKeys(unbegun: readonly Unbegun[]) {
  return unbegun.map(({ attemptId, epoch }) => ({ attemptId, epoch: epoch() }));
}

/** The same of grants that come when nothing is begun any more; what is not heard, the next session says. */
export async function returnGrants(returning: Returning, grants: readonly AttemptGrant[]): Promise<void> {
  const unbegun = grants.map(({ attemptId, epoch }) => ({ attemptId, epoch: () => epoch }));
  await returnAttempts(returning, unbegun).catch(() => undefined);
}
