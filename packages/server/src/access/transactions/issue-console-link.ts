import type { AuditActor } from '@towpath/core';
import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { describeHolding } from '../describe-holding.ts';
import { type ConsoleLink, type HandedOn, insertConsoleLink } from '../operations/insert-console-link.ts';

/** Makes a one-time link for a person. Each call is a link. */
export function issueConsoleLink(pool: pg.Pool, handed: HandedOn, actor: AuditActor): Promise<ConsoleLink> {
  return withTransaction(pool, async (tx) => {
    const link = await insertConsoleLink(tx, handed);
    await writeAudit(tx, {
      actor,
      action: 'console-link.issued',
      subject: personSubject(handed.name),
      environment: null,
      details: { ...describeHolding(handed.holding), expiresAt: link.expiresAt },
    });
    return link;
  });
}
