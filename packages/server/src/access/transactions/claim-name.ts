// Whether somebody whom the provider vouches for may come by the name that it gives them.
import { AUTOMATION, TOWPATH, TowpathError } from '@towpath/core';
import type { Transaction } from '../../db/database.ts';
import type { ProvenPerson } from '../oidc/oidc-client.ts';
import { findNameClaims } from '../operations/find-name-claims.ts';
import { insertPerson } from '../operations/insert-person.ts';
import { keepGroups } from '../operations/keep-groups.ts';
import { lockAccount } from '../operations/lock-account.ts';
import { lockHolder } from '../operations/lock-holder.ts';

/** A person whose sign-in comes to its end. */
export interface SigningIn extends ProvenPerson {
  readonly begunAt: string;
}

/**
 * Makes a name that of the account that comes by it first, and an account that of one name. Locks account and name.
 *
 * @throws TowpathError `LOGIN_NAME_TAKEN`, `LOGIN_ACCOUNT_NAMED`, `LOGIN_REFUSED`
 */
export async function claimName(tx: Transaction, person: SigningIn): Promise<void> {
  await lockAccount(tx, person.issuer, person.subject);
  await lockHolder(tx, person.name);
  const { isTheirs, revokedAt, isIssued, otherName } = await findNameClaims(tx, person);
  if (isTheirs === false || person.name === AUTOMATION) throw nameTaken(person.name);
  if (revokedAt !== null && person.begunAt <= revokedAt) throw revokedSince();
  if (!isTheirs) {
    if (isIssued) throw nameTaken(person.name);
    if (otherName !== null) throw accountNamed(otherName, person.name);
    if (!(await insertPerson(tx, person))) throw nameTaken(person.name);
  }
  await keepGroups(tx, person);
}

function nameTaken(name: string): TowpathError {
  return new TowpathError({
    code: 'LOGIN_NAME_TAKEN',
    message: `The name ${name} belongs to somebody else.`,
    cause:
      'Another account of the identity provider signed in by it before, a token was issued to it, or Towpath acts by it itself.',
    fix: `An administrator chooses a claim that is never given twice (\`${TOWPATH} server --oidc-name-claim <claim>\`), or frees the name: ${TOWPATH} access revoke <name> --free-name`,
  });
}

function accountNamed(known: string, name: string): TowpathError {
  return new TowpathError({
    code: 'LOGIN_ACCOUNT_NAMED',
    message: `This account is known as ${known}, and comes as ${name} now.`,
    cause: 'An account has one name, so that nobody evades what is bound to theirs.',
    fix: `If the change is right, an administrator frees the name before: ${TOWPATH} access revoke <name> --free-name`,
  });
}

function revokedSince(): TowpathError {
  return new TowpathError({
    code: 'LOGIN_REFUSED',
    message: 'The sign-in was refused.',
    cause: 'Access was revoked after it began.',
    fix: 'Sign in again.',
  });
}
