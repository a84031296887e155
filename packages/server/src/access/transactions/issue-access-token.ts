import type { AuditActor } from '@towpath/core';
import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { describeHolding } from '../describe-holding.ts';
import { type IssuedToken, insertAccessToken, type NewAccessToken } from '../operations/insert-access-token.ts';

/** Gives a person or tool another access token, which is returned. Earlier ones stay valid. */
export function issueAccessToken(pool: pg.Pool, wish: NewAccessToken, actor: AuditActor): Promise<IssuedToken> {
  return withTransaction(pool, async (tx) => {
    const token = await insertAccessToken(tx, wish);
    await writeAudit(tx, {
      actor,
      action: 'access-token.issued',
      subject: personSubject(wish.name),
      environment: null,
      why: wish.note,
      details: { ...describeHolding(wish.holding), token: token.id, expiresAt: token.expiresAt },
    });
    return token;
  });
}
