// What follows when the identity provider vouches for somebody: a session in the browser, or a code for a command line.
import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { endCredential } from '../operations/end-credential.ts';
import { insertConsoleSession } from '../operations/insert-console-session.ts';
import { insertLoginCode } from '../operations/insert-login-code.ts';
import { claimName, type SigningIn } from './claim-name.ts';

/** Groups are read at sign-in, so somebody who left a group has what it gave no longer than a working day. */
export const LOGIN_SESSION_SECONDS = 12 * 3600;

/**
 * Opens a new session; returns its cookie. One that the browser had before ends: nobody can plant one.
 *
 * @throws TowpathError as claimName
 */
export function openSession(pool: pg.Pool, person: SigningIn, cookieBefore: string | undefined): Promise<string> {
  const { name, groups, issuer, subject } = person;
  return withTransaction(pool, async (tx) => {
    await claimName(tx, person);
    if (cookieBefore !== undefined) await endCredential(tx, cookieBefore);
    await writeAudit(tx, {
      actor: { kind: 'person', name },
      action: 'console-session.opened',
      subject: personSubject(name),
      environment: null,
      details: { groups: [...groups], issuer, subject, lifeSeconds: LOGIN_SESSION_SECONDS },
    });
    // The role means nothing beside groups; a server of the version before takes the least.
    const holding = { role: 'viewer', environments: null, groups } as const;
    return insertConsoleSession(tx, { name, holding, tokenId: null, sessions: [], until: null }, LOGIN_SESSION_SECONDS);
  });
}

/**
 * Makes the code for a command line.
 *
 * @throws TowpathError as claimName
 */
export function makeLoginCode(pool: pg.Pool, person: SigningIn, challenge: string): Promise<string> {
  return withTransaction(pool, async (tx) => {
    await claimName(tx, person);
    return insertLoginCode(tx, person, challenge);
  });
}
