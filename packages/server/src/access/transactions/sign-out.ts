import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import { endCredential } from '../operations/end-credential.ts';

/** Ends the session or token that a person uses. Of two at once, one leaves the entry. */
export function signOut(pool: pg.Pool, name: string, secret: string): Promise<void> {
  return withTransaction(pool, async (tx) => {
    if (!(await endCredential(tx, secret))) return;
    await writeAudit(tx, {
      actor: { kind: 'person', name },
      action: 'console-session.ended',
      subject: personSubject(name),
      environment: null,
    });
    await publish(tx, { events: [], topics: new Set(['access']) });
  });
}
