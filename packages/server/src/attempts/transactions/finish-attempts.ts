// The end of attempts, of their tasks, of what waits for them and perhaps of runs: one transaction, however many they are.
import type { FinishedAttempt } from '@towpath/api';
import { formatCanonicalJson } from '@towpath/core';
import type pg from 'pg';
import { findSession, type SessionKey } from '../../agents/operations/find-session.ts';
import { sessionUnknown } from '../../agents/session-errors.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import { lockRuns } from '../../runs/operations/lock-runs.ts';
import { normalizeFinish } from '../normalize-finish.ts';
import type { AttemptEnding } from '../operations/end-attempts.ts';
import { type FoundAttempt, findAttempts } from '../operations/find-attempts.ts';
import { keepLateResult } from '../operations/keep-late-result.ts';
import { endLockedAttempts } from './end-locked-attempts.ts';

/** `accepted` also for the repetition of what was accepted before. */
export type FinishVerdict = 'accepted' | 'stale' | 'log-incomplete';

/**
 * Takes reports of ended attempts; returns a verdict for each attempt. Locks: the session (share), the runs in id order,
 * the attempts, their tasks, then their dependants. Idempotent: an identical repetition is accepted and changes nothing.
 *
 * @throws TowpathError `SESSION_UNKNOWN`
 */
export function finishAttempts(
  pool: pg.Pool,
  session: SessionKey,
  reported: readonly FinishedAttempt[],
): Promise<ReadonlyMap<string, FinishVerdict>> {
  const finishes = new Map(reported.map((finish) => [finish.attemptId, normalizeFinish(finish)]));
  return withTransaction(pool, 'finish', async (tx) => {
    const found = await findSession(tx, session);
    if (!found) throw sessionUnknown();
    const ids = [...finishes.keys()];
    const own = [...(await findAttempts(tx, ids)).values()].filter(({ agentId }) => agentId === session.agentId);
    const outbox = createOutbox();
    const ended = found.isEnded ? new Set<string>() : await endReported(tx, { session, own, finishes, outbox });
    const verdicts = new Map<string, FinishVerdict>(ids.map((id) => [id, ended.has(id) ? 'accepted' : 'stale']));
    const rest = own.filter(({ id }) => !ended.has(id));
    for (const [id, verdict] of await judgeRest(tx, { session, own: rest, finishes, outbox }))
      verdicts.set(id, verdict);
    await publish(tx, outbox);
    return verdicts;
  });
}

interface Reports {
  readonly session: SessionKey;
  readonly own: readonly FoundAttempt[];
  readonly finishes: ReadonlyMap<string, FinishedAttempt>;
  readonly outbox: Outbox;
}

async function endReported(tx: Transaction, { session, own, finishes, outbox }: Reports): Promise<ReadonlySet<string>> {
  const runs = await lockRuns(tx, [...new Set(own.map(({ runId }) => runId))]);
  const endings = own.flatMap(({ id }): AttemptEnding[] => {
    const finish = finishes.get(id);
    if (!finish) return [];
    const { epoch, logLengthBytes } = finish;
    return [{ ...finish, guard: { sessionId: session.sessionId, epoch, logLengthBytes } }];
  });
  return endLockedAttempts(tx, runs, endings, outbox);
}

/** Repetitions, reports that come too late, and reports under a stale epoch. Rare, so one after the other. */
async function judgeRest(tx: Transaction, reports: Reports): Promise<ReadonlyMap<string, FinishVerdict>> {
  const { session, own, finishes, outbox } = reports;
  const verdicts = new Map<string, FinishVerdict>();
  if (own.length === 0) return verdicts;
  const current = await findAttempts(
    tx,
    own.map(({ id }) => id),
  );
  for (const { id: attemptId, runId } of own) {
    const finish = finishes.get(attemptId);
    const after = current.get(attemptId);
    if (!finish || !after) continue;
    // What an agent says of an attempt that was given up meanwhile is shown beside its end; the end itself stays.
    const environment = await keepLateResult(tx, session, finish);
    if (environment !== undefined) outbox.events.push({ kind: 'attempt.changed', environment, runId, attemptId });
    else verdicts.set(attemptId, judgeRepeated(after, session, finish));
  }
  return verdicts;
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
