// Uncertainty has an end: an agent that stays away for too long has lost its attempts.
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { lockRuns } from '../../runs/operations/lock-runs.ts';
import { type LostAttempt, listLostAttempts } from '../operations/list-lost-attempts.ts';
import { auditGivenUp } from './audit-given-up.ts';
import { endLockedAttempts } from './end-locked-attempts.ts';

/**
 * Ends attempts that were uncertain for longer, each run in a transaction of its own. Locks: the run, then its attempts
 * and tasks. Any number of servers may run it: who comes second finds nothing left. Returns how many ended.
 */
export async function endLostAttempts(pool: pg.Pool, lostAfterSeconds: number): Promise<number> {
  const lost = await listLostAttempts(pool, lostAfterSeconds);
  let ended = 0;
  for (const runId of new Set(lost.map((attempt) => attempt.runId))) {
    ended += await endLostOfRun(pool, lostAfterSeconds, runId);
  }
  return ended;
}

function endLostOfRun(pool: pg.Pool, lostAfterSeconds: number, runId: string): Promise<number> {
  return withTransaction(pool, async (tx) => {
    const [run] = await lockRuns(tx, [runId]);
    if (!run) return 0;
    const outbox = createOutbox();
    // Asked again under the lock: its agent may have come back, or another server may have been faster.
    const lost = await listLostAttempts(tx, lostAfterSeconds, runId);
    const endings = lost.map((attempt) => toEnding(attempt, lostAfterSeconds));
    const ended = await endLockedAttempts(tx, [run], endings, outbox);
    for (const { attemptId, taskId, reasonCode, reason } of endings) {
      if (ended.has(attemptId)) await auditGivenUp(tx, POLICY, { attemptId, runId, taskId, reasonCode, reason });
    }
    await publish(tx, outbox);
    return ended.size;
  });
}

const POLICY = { kind: 'policy', name: 'lost-after' } as const;

function toEnding({ attemptId, taskId, agent, host }: LostAttempt, lostAfterSeconds: number) {
  return {
    attemptId,
    taskId,
    outcome: 'errored' as const,
    exitCode: null,
    reasonCode: 'AGENT_LOST',
    reason: `Agent ${agent} on ${host} was silent for more than ${lostAfterSeconds} s.`,
    result: null,
    givenUp: { by: null },
  };
}
