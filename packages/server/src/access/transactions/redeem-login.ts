import { TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { findCodeHolder } from '../operations/find-code-holder.ts';
import { type IssuedToken, insertAccessToken } from '../operations/insert-access-token.ts';
import { lockHolder } from '../operations/lock-holder.ts';
import { takeLoginCode } from '../operations/take-login-code.ts';
import { LOGIN_SESSION_SECONDS } from './finish-login.ts';

/**
 * Exchanges a code for a person's token: both or neither.
 *
 * @throws TowpathError `LOGIN_CODE_INVALID`
 */
export function redeemLogin(
  pool: pg.Pool,
  { code, verifier }: { readonly code: string; readonly verifier: string },
): Promise<IssuedToken & { readonly name: string }> {
  return withTransaction(pool, async (tx) => {
    const known = await findCodeHolder(tx, code);
    if (known !== undefined) await lockHolder(tx, known);
    const holder = await takeLoginCode(tx, code, verifier);
    if (!holder) throw codeInvalid();
    const { name, groups } = holder;
    const holding = { role: 'viewer', environments: null, groups } as const;
    const wish = { name, holding, lifeSeconds: LOGIN_SESSION_SECONDS, issuedBy: name, note: 'sign-in' };
    const issued = await insertAccessToken(tx, wish);
    await writeAudit(tx, {
      actor: { kind: 'person', name },
      action: 'access-token.issued',
      subject: personSubject(name),
      environment: null,
      details: { groups: [...groups], token: issued.id, expiresAt: issued.expiresAt },
    });
    return { ...issued, name };
  });
}

function codeInvalid(): TowpathError {
  return new TowpathError({
    code: 'LOGIN_CODE_INVALID',
    message: 'This code gives no token.',
    cause: 'A code works once, for five minutes, and for who asked for it.',
    fix: `Sign in again: ${TOWPATH} login`,
  });
}
