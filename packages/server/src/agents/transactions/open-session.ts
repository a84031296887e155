// One agent, one live session. Opening a new one settles what the old one left: adopted, lost, uncertain, or never begun.
import type { LeftoverAttempt, SentGrant } from '@towpath/api';
import type pg from 'pg';
import { adoptAttempts } from '../../attempts/operations/adopt-attempts.ts';
import type { AttemptEnding } from '../../attempts/operations/end-attempts.ts';
import { listGrants } from '../../attempts/operations/list-grants.ts';
import { type HeldAttemptRow, listHeldAttempts } from '../../attempts/operations/list-held-attempts.ts';
import { markAttemptsUncertain } from '../../attempts/operations/mark-attempts-uncertain.ts';
import { endLockedAttempts } from '../../attempts/transactions/end-locked-attempts.ts';
import { releaseUnbegun } from '../../attempts/transactions/release-unbegun.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import { returnDeliveries } from '../../notifications/operations/return-deliveries.ts';
import { lockRuns } from '../../runs/operations/lock-runs.ts';
import { type AttemptVerdict, judgeAttempt, LOST_BEFORE_START } from '../judge-attempt.ts';
import { endLiveSession } from '../operations/end-live-session.ts';
import { findLiveHost } from '../operations/find-live-host.ts';
import { insertSession, type NewSession } from '../operations/insert-session.ts';
import { type AgentEnvironment, lockAgent } from '../operations/lock-agent.ts';
import { agentAlreadyConnected } from '../session-errors.ts';

/** An agent that starts, and what it found on its host. */
export interface SessionRequest extends NewSession {
  readonly follows?: string | undefined;
  readonly leftovers: readonly LeftoverAttempt[];
}

/** The new session. */
export interface OpenedSession {
  readonly sessionId: string;
  readonly environment: AgentEnvironment;
  readonly adopted: SentGrant[];
  readonly refused: string[];
}

/**
 * Opens a session. Locks: the agent, its old session, the runs of its attempts in id order, then those attempts.
 *
 * @throws TowpathError `AGENT_ALREADY_CONNECTED` while another instance of the agent is live
 */
export function openSession(pool: pg.Pool, request: SessionRequest): Promise<OpenedSession> {
  const { agentId } = request;
  return withTransaction(pool, 'open-session', async (tx) => {
    const environment = await lockAgent(tx, agentId);
    const outbox = createOutbox();
    const endedId = await endLiveSession(tx, request);
    const liveHost = endedId === undefined ? await findLiveHost(tx, agentId) : undefined;
    if (liveHost !== undefined) throw agentAlreadyConnected(liveHost);
    if (endedId) {
      outbox.topics.add(`session:${endedId}`);
      outbox.topics.add(`deliveries:${environment.name}`);
      await returnDeliveries(tx, endedId);
    }
    const sessionId = await insertSession(tx, request);
    const adoptedIds = await settleHeldAttempts(tx, { request, sessionId, outbox });
    outbox.events.push({ kind: 'agent.changed', environment: environment.name });
    outbox.topics.add('leases');
    await publish(tx, outbox);
    const adopted = await listGrants(tx, adoptedIds, request.protocol ?? 1);
    const refused = request.leftovers.map(({ attemptId }) => attemptId).filter((id) => !adoptedIds.includes(id));
    return { sessionId, environment, adopted, refused };
  });
}

interface Takeover {
  readonly request: SessionRequest;
  readonly sessionId: string;
  readonly outbox: Outbox;
}

async function settleHeldAttempts(tx: Transaction, takeover: Takeover): Promise<string[]> {
  const { request, sessionId, outbox } = takeover;
  const judged = judgeAll(await listHeldAttempts(tx, request.agentId), request);
  const runs = await lockRuns(
    tx,
    judged.map(({ attempt }) => attempt.runId),
  );
  const adoptedIds = judged.filter(({ verdict }) => verdict.kind === 'adopt').map(({ attempt }) => attempt.id);
  const unbegunIds = request.leftovers.filter(({ hasBegun }) => hasBegun === false).map(({ attemptId }) => attemptId);
  await adoptAttempts(tx, { attemptIds: adoptedIds, unbegunIds, agentId: request.agentId, sessionId });
  for (const { attempt } of judged.filter(({ verdict }) => verdict.kind === 'adopt')) {
    const { id: attemptId, runId } = attempt;
    outbox.events.push({ kind: 'attempt.changed', environment: request.environment, runId, attemptId });
  }
  const leftElsewhere = judged.filter(({ verdict }) => verdict.kind === 'uncertain').map(({ attempt }) => attempt.id);
  for (const attempt of await markAttemptsUncertain(tx, leftElsewhere)) {
    outbox.events.push({ kind: 'attempt.changed', ...attempt });
  }
  const attempts = judged
    .filter(({ verdict }) => verdict.kind === 'unbegun')
    .map(({ attempt: { id: attemptId, epoch, runId } }) => ({ attemptId, epoch, runId }));
  const released = await releaseUnbegun(tx, { agentId: request.agentId, attempts, runs, areLost: true }, outbox);
  const rest = judged.filter(({ attempt }) => !released.has(attempt.id));
  await endLockedAttempts(tx, runs, rest.flatMap(toLostEnding), outbox);
  return adoptedIds;
}

interface Judged {
  readonly attempt: HeldAttemptRow;
  readonly verdict: AttemptVerdict;
}

function judgeAll(held: readonly HeldAttemptRow[], request: SessionRequest): Judged[] {
  const leftovers = new Map(request.leftovers.map((leftover) => [leftover.attemptId, leftover]));
  const { host, bootId, instanceId, follows } = request;
  return held.map((attempt) => ({
    attempt,
    verdict: judgeAttempt(attempt, { host, bootId, instanceId, follows, leftover: leftovers.get(attempt.id) }),
  }));
}

function toLostEnding({ attempt, verdict }: Judged): AttemptEnding[] {
  if (verdict.kind === 'adopt' || verdict.kind === 'uncertain') return [];
  // A log that came meanwhile: it did begin.
  const { reasonCode, reason } = verdict.kind === 'lost' ? verdict : LOST_BEFORE_START;
  return [{ attemptId: attempt.id, outcome: 'errored', exitCode: null, reasonCode, reason, result: null }];
}
