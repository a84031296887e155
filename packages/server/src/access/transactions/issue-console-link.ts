import type { AuditActor } from '@towpath/core';
import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import type { Person } from '../operations/insert-access-token.ts';
import { type ConsoleLink, insertConsoleLink } from '../operations/insert-console-link.ts';

/** Makes a one-time link for a person. Each call is a link. */
export function issueConsoleLink(pool: pg.Pool, { name, role }: Person, actor: AuditActor): Promise<ConsoleLink> {
  return withTransaction(pool, async (tx) => {
    const link = await insertConsoleLink(tx, { name, role });
    await writeAudit(tx, {
      actor,
      action: 'console-link.issued',
      subject: personSubject(name),
      environment: null,
      details: { role, expiresAt: link.expiresAt },
    });
    return link;
  });
}
