import type { AuditActor } from '@towpath/core';
import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { insertAccessToken, type Person } from '../operations/insert-access-token.ts';

/** Gives a person or tool another access token, which is returned. Earlier ones stay valid. */
export function issueAccessToken(pool: pg.Pool, person: Person, actor: AuditActor): Promise<string> {
  return withTransaction(pool, async (tx) => {
    const token = await insertAccessToken(tx, person);
    await writeAudit(tx, {
      actor,
      action: 'access-token.issued',
      subject: personSubject(person.name),
      environment: null,
      details: { role: person.role },
    });
    return token;
  });
}
