// The end of an attempt, of its task, of what waits for it and perhaps of the run: one transaction.
import type { FinishedAttempt } from '@towpath/api';
import { formatCanonicalJson } from '@towpath/core';
import type pg from 'pg';
import { findSession, type SessionKey } from '../../agents/operations/find-session.ts';
import { sessionUnknown } from '../../agents/session-errors.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import { type LockedRun, lockRuns } from '../../runs/operations/lock-runs.ts';
import { settleTask } from '../../runs/transactions/settle-task.ts';
import { normalizeFinish } from '../normalize-finish.ts';
import { type AttemptEnding, type AttemptGuard, endAttempt } from '../operations/end-attempt.ts';
import { type FoundAttempt, findAttempt } from '../operations/find-attempt.ts';
import { keepLateResult } from '../operations/keep-late-result.ts';

/** `accepted` also for the repetition of what was accepted before. */
export type FinishVerdict = 'accepted' | 'stale' | 'log-incomplete';

/**
 * Takes the report of an ended attempt. Locks: the session (share), the run, the attempt, its task, then its dependants.
 * Idempotent: an identical repetition is accepted and changes nothing.
 *
 * @throws TowpathError `SESSION_UNKNOWN`
 */
export function finishAttempt(pool: pg.Pool, session: SessionKey, reported: FinishedAttempt): Promise<FinishVerdict> {
  const finish = normalizeFinish(reported);
  return withTransaction(pool, async (tx) => {
    const found = await findSession(tx, session);
    if (!found) throw sessionUnknown();
    const before = await findAttempt(tx, finish.attemptId);
    if (!before || before.agentId !== session.agentId) return 'stale';
    const report = { runId: before.runId, session, finish };
    if (!found.isEnded && (await endReported(tx, report))) return 'accepted';
    if (await keepLate(tx, report)) return 'stale';
    const after = await findAttempt(tx, finish.attemptId);
    return after ? judgeRepeated(after, session, finish) : 'stale';
  });
}

interface Report {
  readonly runId: string;
  readonly session: SessionKey;
  readonly finish: FinishedAttempt;
}

async function endReported(tx: Transaction, { runId, session, finish }: Report): Promise<boolean> {
  const [run] = await lockRuns(tx, [runId]);
  if (!run) return false;
  const outbox = createOutbox();
  const guard = { sessionId: session.sessionId, epoch: finish.epoch, logLengthBytes: finish.logLengthBytes };
  if (!(await endLockedAttempt(tx, { run, ending: finish, guard, outbox }))) return false;
  await publish(tx, outbox);
  return true;
}

/** What an agent says of an attempt that was given up meanwhile is shown beside its end; the end itself stays. */
async function keepLate(tx: Transaction, { runId, session, finish }: Report): Promise<boolean> {
  const environment = await keepLateResult(tx, session, finish);
  if (environment === undefined) return false;
  const outbox = createOutbox();
  outbox.events.push({ kind: 'attempt.changed', environment, runId, attemptId: finish.attemptId });
  await publish(tx, outbox);
  return true;
}

/** An ending inside a transaction that holds the lock of its run. */
export interface LockedEnding {
  readonly run: LockedRun;
  readonly ending: AttemptEnding;
  /** Absent when the server gives the attempt up. */
  readonly guard?: AttemptGuard;
  readonly outbox: Outbox;
}

/** Ends an attempt and settles its task; false when the guard did not hold. The caller publishes. */
export async function endLockedAttempt(tx: Transaction, locked: LockedEnding): Promise<boolean> {
  const { run, ending, guard, outbox } = locked;
  const ended = await endAttempt(tx, ending, guard);
  if (!ended) return false;
  const { attemptId, outcome, exitCode, givenUp } = ending;
  outbox.events.push({ kind: 'attempt.changed', environment: run.environment, runId: run.id, attemptId });
  outbox.topics.add(`log:${attemptId}`);
  const { number: attemptNumber, ...task } = ended;
  const isGivenUp = givenUp !== undefined;
  await settleTask(tx, run, { ...task, attemptNumber, outcome, exitCode, isGivenUp }, outbox);
  return true;
}

function judgeRepeated(attempt: FoundAttempt, { sessionId }: SessionKey, finish: FinishedAttempt): FinishVerdict {
  if (attempt.sessionId !== sessionId || attempt.epoch !== finish.epoch) return 'stale';
  if (attempt.state === finish.outcome) return hasSameReport(attempt, finish) ? 'accepted' : 'stale';
  const isLive = attempt.state === 'granted' || attempt.state === 'running' || attempt.state === 'uncertain';
  return isLive && attempt.logLengthBytes < finish.logLengthBytes ? 'log-incomplete' : 'stale';
}

function hasSameReport(attempt: FoundAttempt, finish: FinishedAttempt): boolean {
  return (
    attempt.exitCode === finish.exitCode &&
    attempt.reasonCode === finish.reasonCode &&
    attempt.reason === finish.reason &&
    formatCanonicalJson(attempt.result) === formatCanonicalJson(finish.result)
  );
}
