// An agent begins to delete old data of its environment, or is told that another does.
import type pg from 'pg';
import { findSession } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { namedSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import type { AgentIdentity } from '../../http/identity.ts';
import { takeRetentionPass } from '../operations/take-retention-pass.ts';

/** Which pass, and for which session. */
export interface RetentionClaim {
  readonly sessionId: string;
  readonly dueAt: string;
}

/**
 * True: the session has the pass, and the audit says so from before the first deletion. Locks: the session against its end, the
 * environment's pass.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export function claimRetention(
  pool: pg.Pool,
  { agentId, name, environment }: AgentIdentity,
  { sessionId, dueAt }: RetentionClaim,
): Promise<boolean> {
  return withTransaction(pool, 'claim-retention', async (tx) => {
    const session = await findSession(tx, { sessionId, agentId });
    if (!session) throw sessionUnknown();
    if (session.isEnded) throw sessionEnded();
    const isTaken = await takeRetentionPass(tx, { environment, sessionId, dueAt });
    if (!isTaken) return false;
    await writeAudit(tx, {
      actor: { kind: 'agent', name },
      action: 'retention.started',
      subject: namedSubject('retention', environment, dueAt),
      environment,
      why: `was due at ${dueAt}`,
      details: { dueAt, sessionId },
    });
    return true;
  });
}
