import type pg from 'pg';
import { listSessionAttempts } from '../../attempts/operations/list-session-attempts.ts';
import { markAttemptsUncertain } from '../../attempts/operations/mark-attempts-uncertain.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { notify } from '../../notifications/notify.ts';
import { silenceSessions } from '../operations/silence-sessions.ts';

/**
 * Silence of an agent makes its attempts uncertain, not failed: their processes may well run. Locks: the sessions, then
 * their attempts. Returns how many sessions fell silent.
 */
export function noticeSilence(pool: pg.Pool): Promise<number> {
  return withTransaction(pool, 'notice-silence', async (tx) => {
    const silent = await silenceSessions(tx);
    if (silent.length === 0) return 0;
    const held = await listSessionAttempts(
      tx,
      silent.map(({ id }) => id),
    );
    const outbox = createOutbox();
    for (const { environment } of silent) outbox.events.push({ kind: 'agent.changed', environment });
    for (const attempt of await markAttemptsUncertain(
      tx,
      held.map(({ id }) => id),
    )) {
      outbox.events.push({ kind: 'attempt.changed', ...attempt });
    }
    const facts = silent.map(({ id, environment, ...rest }) => {
      const attemptsHeld = held.filter(({ sessionId }) => sessionId === id).length;
      return { environment, facts: { kind: 'agent.silent' as const, sessionId: id, ...rest, attemptsHeld } };
    });
    await notify(tx, facts, outbox);
    // From now on there is a moment at which these attempts are given up.
    outbox.topics.add('leases');
    await publish(tx, outbox);
    return silent.length;
  });
}
