// What follows when the identity provider vouches for somebody: a session in the browser, or a code for a command line.
import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import type { ProvenPerson } from '../oidc/oidc-client.ts';
import { claimName } from '../operations/claim-name.ts';
import { endCredential } from '../operations/end-credential.ts';
import { insertConsoleSession } from '../operations/insert-console-session.ts';
import { insertLoginCode } from '../operations/insert-login-code.ts';

/** Groups are read at sign-in, so somebody who left a group has what it gave no longer than a working day. */
export const LOGIN_SESSION_SECONDS = 12 * 3600;

/**
 * Opens a new session; returns its cookie. One that the browser had before ends: nobody can plant one.
 *
 * @throws TowpathError `LOGIN_NAME_TAKEN`
 */
export function openSession(pool: pg.Pool, person: ProvenPerson, cookieBefore: string | undefined): Promise<string> {
  const { name, groups, issuer, subject } = person;
  return withTransaction(pool, async (tx) => {
    await requireOwnName(tx, person);
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
    return insertConsoleSession(tx, { name, holding, tokenId: null, until: null }, LOGIN_SESSION_SECONDS);
  });
}

/**
 * Makes the code for a command line.
 *
 * @throws TowpathError `LOGIN_NAME_TAKEN`
 */
export function makeLoginCode(pool: pg.Pool, person: ProvenPerson, challenge: string): Promise<string> {
  return withTransaction(pool, async (tx) => {
    await requireOwnName(tx, person);
    return insertLoginCode(tx, person, challenge);
  });
}

async function requireOwnName(tx: Transaction, person: ProvenPerson): Promise<void> {
  if (await claimName(tx, person)) return;
  throw new TowpathError({
    code: 'LOGIN_NAME_TAKEN',
    message: `The name ${person.name} belongs to somebody else.`,
    cause: 'Another account of the identity provider signed in by that name before.',
    fix: 'An administrator chooses a claim that is never given twice: npx towpath server --oidc-name-claim <claim>',
  });
}
