// One look at what is ready, as a short transaction; the long poll around it holds nothing.
import type { SentGrant } from '@towpath/api';
import type pg from 'pg';
import { findSession, type SessionKey } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { type Transaction, withFrequentTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { announceCancelIntents } from '../operations/announce-cancel-intents.ts';
import { findNextReady } from '../operations/find-next-ready.ts';
import { listCancelIntents } from '../operations/list-cancel-intents.ts';
import { listGrants } from '../operations/list-grants.ts';
import { redeliverGrants } from '../operations/redeliver-grants.ts';
import { grantTasks } from './grant-tasks.ts';

/** A claim of one session. */
export interface ClaimRequest extends SessionKey {
  readonly slots: number;
  /** A grant whose start wasn't reported for so long is sent again. */
  readonly redeliverAfterSeconds: number;
}

/** What a claim found. */
export interface ClaimResult {
  readonly attempts: SentGrant[];
  readonly cancel: string[];
  /** There is an intent the session has not heard of by a claim. */
  readonly hasNewCancel: boolean;
  /** The session fell silent while its claim waited: it must speak again before it gets anything. */
  readonly isSilent: boolean;
  /** When a retry is due, or a grant is to be sent again; undefined when none waits. */
  readonly nextReadyMs: number | undefined;
}

/**
 * Grants up to `slots` attempts. Locks: the session (key share), the pools that are wanted, tasks and their runs (see
 * claimTasks).
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export function claimAttempts(pool: pg.Pool, request: ClaimRequest): Promise<ClaimResult> {
  return withFrequentTransaction(pool, 'claim', async (tx) => {
    const session = await findSession(tx, request);
    if (!session) throw sessionUnknown();
    if (session.isEnded) throw sessionEnded();
    const { isSilent } = session;
    const heard = { ...(await hearCancels(tx, session.id)), isSilent };
    // What a silent session were granted would never become uncertain should it stay silent.
    if (request.slots === 0 || isSilent) return { ...heard, attempts: [], nextReadyMs: undefined };
    const overdue = await redeliverGrants(tx, session.id, request.redeliverAfterSeconds);
    const outbox = createOutbox();
    const claimed = await grantTasks(tx, { ...request, session }, outbox);
    await publish(tx, outbox);
    const attempts = [...(await listGrants(tx, overdue, session.protocol)), ...claimed];
    const nextReadyMs =
      attempts.length > 0 ? undefined : await findNextReady(tx, { ...request, environment: session.environment });
    return { ...heard, attempts, nextReadyMs };
  });
}

async function hearCancels(tx: Transaction, sessionId: string): Promise<Pick<ClaimResult, 'cancel' | 'hasNewCancel'>> {
  const cancel = await listCancelIntents(tx, sessionId);
  if (cancel.length === 0) return { cancel, hasNewCancel: false };
  return { cancel, hasNewCancel: (await announceCancelIntents(tx, cancel)) > 0 };
}
