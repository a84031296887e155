// The end of an agent: what runs is ended or left to the next one, what it owes is told, and the session closed last.
import { setTimeout as pause } from 'node:timers/promises';
import type { Roster } from './attempts/roster.ts';
import type { AgentAudit } from './audit/agent-audit.ts';
import type { Executor } from './executors/executor.ts';
import type { RetentionDesk } from './retention/retention-desk.ts';
import type { AgentSession } from './session/agent-session.ts';

/** The grace of a TERM is ten seconds; the rest is for the last of the logs and the report. */
const CANCEL_DEADLINE_MS = 20_000;
/** What is not given back by then is granted anew when the next agent says that it has it not. */
const CLEAR_QUEUE_MS = 2_000;
/** A server that is away would end the session by its lease as well. */
const CLOSE_SESSION_MS = 2_000;

/** A statement or a page of a bucket takes less; what a place was not reached for is left to the next agent. */
const CLOSE_RETENTION_MS = 3_000;

/** What the server has not accepted by then stays on disk for the next agent. */
const CLOSE_AUDIT_MS = 2_000;

/** What is closed. */
export interface ClosingParts {
  readonly executor: Executor;
  readonly audit: AgentAudit;
  readonly roster: Roster;
  /** Gives back what has not begun. */
  readonly clearQueue: () => Promise<void>;
  readonly session: AgentSession;
  readonly retention: RetentionDesk;
  readonly closing: AbortController;
  readonly ended: AbortController;
  readonly unlock: () => void;
}

/** Closes it. With `cancelRunning` its attempts are ended and reported; without, they go on. Takes 25 s at most. */
export async function closeAgent(parts: ClosingParts, cancelRunning: boolean): Promise<void> {
  const { executor, roster, session, retention, audit, closing, ended } = parts;
  closing.abort();
  const cleared = parts.clearQueue();
  if (!cancelRunning) await Promise.race([cleared, pause(CLEAR_QUEUE_MS, undefined, { ref: false })]);
  if (cancelRunning) {
    for (const runner of roster.list()) runner.cancel();
    const waiting = new AbortController();
    const deadline = pause(CANCEL_DEADLINE_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([Promise.all(roster.list().map(({ done }) => done)), deadline]);
    waiting.abort();
  }
  const left = roster.list();
  for (const runner of left) runner.detach();
  await Promise.all(left.map(({ done }) => done));
  const isIdle = await retention.close(CLOSE_RETENTION_MS);
  await audit.close(CLOSE_AUDIT_MS);
  // What was granted by the answer to a question from before.
  await Promise.race([parts.clearQueue(), pause(CLEAR_QUEUE_MS, undefined, { ref: false })]);
  ended.abort();
  await executor.close();
  // Whoever still deletes keeps the session until its lease ends: another agent must not begin meanwhile.
  if (left.length === 0 && isIdle) await session.close(CLOSE_SESSION_MS);
  parts.unlock();
}
