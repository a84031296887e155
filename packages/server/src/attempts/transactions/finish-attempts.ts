// The end of attempts, of their tasks, of what waits for them and perhaps of runs, and the grants of what became ready: one
// transaction, however many they are.
import { AGENT_PROTOCOL, type FinishedAttempt, type SentGrant } from '@towpath/api';
import type pg from 'pg';
import { type FoundSession, findSession, type SessionKey } from '../../agents/operations/find-session.ts';
import { sessionUnknown } from '../../agents/session-errors.ts';
import { type Transaction, withFrequentTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import { lockRunsOfAttempts } from '../../runs/operations/lock-runs-of-attempts.ts';
import { type FinishVerdict, judgeRepeated } from '../judge-repeated.ts';
import { normalizeFinish } from '../normalize-finish.ts';
import { findAttempts } from '../operations/find-attempts.ts';
import { keepLateResult } from '../operations/keep-late-result.ts';
import { type EndedAttempts, endLockedAttempts } from './end-locked-attempts.ts';
import { grantTasks } from './grant-tasks.ts';

/** Reports of one session, and how many slots it has now. */
export interface FinishRequest {
  readonly session: SessionKey;
  readonly reports: readonly FinishedAttempt[];
  readonly slots: number;
}

/** What the server made of them. */
export interface FinishResult {
  readonly verdicts: ReadonlyMap<string, FinishVerdict>;
  readonly attempts: readonly SentGrant[];
  /** The session has to renew its lease before it gets anything. */
  readonly isSilent: boolean;
}

/**
 * Takes reports of ended attempts and grants what is ready. Locks: the session (key share), the runs in id order, the attempts,
 * their tasks, what waits for them; then as grantTasks. Idempotent: an identical repetition is accepted and changes
 * nothing.
 *
 * @throws TowpathError `SESSION_UNKNOWN`
 */
export function finishAttempts(pool: pg.Pool, { session: key, reports, slots }: FinishRequest): Promise<FinishResult> {
  const finishes = new Map(reports.map((finish) => [finish.attemptId, normalizeFinish(finish)]));
  return withFrequentTransaction(pool, 'finish', async (tx) => {
    const session = await findSession(tx, key);
    if (!session) throw sessionUnknown();
    const outbox = createOutbox();
    const ended = session.isEnded ? undefined : await endReported(tx, { key, finishes, outbox });
    const verdicts = await judgeAll(tx, { key, finishes, outbox }, ended?.attemptIds ?? new Set());
    const isIncomplete = [...verdicts.values()].includes('log-incomplete');
    const canGrant = !session.isEnded && !session.isSilent && !isIncomplete && slots > 0;
    const attempts = canGrant ? await grantTasks(tx, { session, agentId: key.agentId, slots }, outbox) : [];
    if (ended && isAllGranted({ ended, attempts, session, hasFreeSlots: attempts.length < slots && canGrant }))
      outbox.topics.delete(`tasks:${session.environment}`);
    await publish(tx, outbox);
    return { verdicts, attempts, isSilent: session.isSilent };
  });
}

interface Reports {
  readonly key: SessionKey;
  readonly finishes: ReadonlyMap<string, FinishedAttempt>;
  readonly outbox: Outbox;
}

async function endReported(tx: Transaction, { key, finishes, outbox }: Reports): Promise<EndedAttempts> {
  const runs = await lockRunsOfAttempts(tx, [...finishes.keys()], key.agentId);
  const endings = [...finishes.values()].map((finish) => {
    const { epoch, logLengthBytes } = finish;
    return { ...finish, guard: { sessionId: key.sessionId, epoch, logLengthBytes } };
  });
  return endLockedAttempts(tx, runs, endings, outbox);
}

/** Repetitions, reports that come too late, and reports under a stale epoch are rare, so they are judged one by one. */
async function judgeAll(
  tx: Transaction,
  { key, finishes, outbox }: Reports,
  ended: ReadonlySet<string>,
): Promise<ReadonlyMap<string, FinishVerdict>> {
  const verdicts = new Map<string, FinishVerdict>();
  for (const id of finishes.keys()) verdicts.set(id, ended.has(id) ? 'accepted' : 'stale');
  const rest = [...finishes.keys()].filter((id) => !ended.has(id));
  if (rest.length === 0) return verdicts;
  for (const [attemptId, attempt] of await findAttempts(tx, rest)) {
    const finish = finishes.get(attemptId);
    if (!finish || attempt.agentId !== key.agentId) continue;
    // What an agent says of an attempt that was given up meanwhile is shown beside its end; the end itself stays.
    const environment = await keepLateResult(tx, key, finish);
    if (environment === undefined) verdicts.set(attemptId, judgeRepeated(attempt, key, finish));
    else outbox.events.push({ kind: 'attempt.changed', environment, runId: attempt.runId, attemptId });
  }
  return verdicts;
}

interface GrantedAfter {
  readonly ended: EndedAttempts;
  readonly attempts: readonly SentGrant[];
  readonly session: FoundSession;
  /** There were more slots than tasks for them. */
  readonly hasFreeSlots: boolean;
}

/** Whether waking other claims would find nothing: saves each finish of a chain an idle look at the database. */
function isAllGranted({ ended, attempts, session, hasFreeSlots }: GrantedAfter): boolean {
  if (ended.retried.length > 0 || session.protocol < AGENT_PROTOCOL) return false;
  if (ended.hasFreedPool && !hasFreeSlots) return false;
  const granted = new Set(attempts.map(({ runId, taskId }) => `${runId}/${taskId}`));
  return ended.ready.every(({ runId, taskId }) => granted.has(`${runId}/${taskId}`));
}
