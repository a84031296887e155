import { STATES_BEFORE_START } from '@towpath/core';
import type pg from 'pg';
import { findSession } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { lockRunsOfAttempts } from '../../runs/operations/lock-runs-of-attempts.ts';
import { type FoundAttempt, findAttempts } from '../operations/find-attempts.ts';
import { listOwnAttempts } from '../operations/list-own-attempts.ts';
import type { StartReport } from '../operations/mark-attempts-started.ts';
import { releaseUnbegun } from './release-unbegun.ts';

/**
 * Takes attempts back that never began; returns those that the session has to run all the same, since they count as begun. Locks: the
 * session (key share), the runs in id order, the attempts, their tasks. Idempotent: what is gone is gone.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export function returnAttempts(pool: pg.Pool, report: StartReport): Promise<string[]> {
  const { sessionId, agentId } = report;
  const epochs = new Map(report.attempts.map(({ attemptId, epoch }) => [attemptId, epoch]));
  const ids = [...epochs.keys()];
  return withTransaction(pool, 'return-attempts', async (tx) => {
    const session = await findSession(tx, report);
    if (!session) throw sessionUnknown();
    // Another session may have taken them over; the agent has to hear of that first.
    if (session.isEnded) throw sessionEnded();
    const runs = await lockRunsOfAttempts(tx, ids, agentId);
    const found = await findAttempts(tx, ids);
    const attempts = [...found.values()]
      .filter((attempt) => attempt.agentId === agentId && isUnbegun(attempt))
      .map(({ id: attemptId, runId }) => ({ attemptId, runId, epoch: epochs.get(attemptId) ?? 0 }));
    const outbox = createOutbox();
    await releaseUnbegun(tx, { agentId, sessionId, attempts, runs, areLost: false }, outbox);
    await publish(tx, outbox);
    const own = await listOwnAttempts(tx, report);
    return ids.filter((id) => own.has(id));
  });
}

function isUnbegun({ state, hasStarted, logLengthBytes }: FoundAttempt): boolean {
  return STATES_BEFORE_START.some((before) => before === state) && !hasStarted && logLengthBytes === 0;
}
