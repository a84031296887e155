// Credential → identity → permission, before the body of a request is read.
import { CSRF_HEADER, type RoutePermission } from '@towpath/api';
import { roleHas, TOWPATH, TowpathError } from '@towpath/core';
import type { FastifyRequest } from 'fastify';
import { findAttemptByToken } from '../access/operations/find-attempt-by-token.ts';
import { findConsoleSession } from '../access/operations/find-console-session.ts';
import { findIdentityByToken } from '../access/operations/find-identity-by-token.ts';
import { isTokenOf } from '../access/secret-token.ts';
import { type Db, retryWhenLost } from '../db/database.ts';
import type { Identity } from './identity.ts';

/** Where a credential is looked for. */
export interface Authentication {
  readonly db: Db;
  readonly cookieName: string;
}

/**
 * Finds out who asks and whether they may; null on public routes.
 *
 * @throws TowpathError `AUTHENTICATION_REQUIRED`, `CSRF_REFUSED`, `PERMISSION_DENIED`
 */
export async function authorize(
  request: FastifyRequest,
  permission: RoutePermission,
  authentication: Authentication,
): Promise<Identity | null> {
  if (permission === 'public') return null;
  const identity = await retryWhenLost(() => findIdentity(request, authentication));
  if (!identity) throw authenticationRequired();
  if (request.method !== 'GET') checkCsrf(request, identity);
  if (!mayAsk(identity, permission)) throw permissionDenied(identity, permission);
  return identity;
}

/** `signed-in` is for people and agents: an attempt's token opens one door alone. */
function mayAsk({ kind, role }: Identity, permission: Exclude<RoutePermission, 'public'>): boolean {
  return permission === 'signed-in' ? kind !== 'attempt' : roleHas(role, permission);
}

function findIdentity(request: FastifyRequest, { db, cookieName }: Authentication): Promise<Identity | undefined> {
  const bearer = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer) return isTokenOf('attempt', bearer) ? findAttemptByToken(db, bearer) : findIdentityByToken(db, bearer);
  // A header that is not a bearer token must not fall back to the cookie of whoever sits at the browser.
  if (request.headers.authorization !== undefined) return Promise.resolve(undefined);
  const cookie = request.cookies[cookieName];
  return cookie ? findConsoleSession(db, cookie) : Promise.resolve(undefined);
}

// Cookies travel by themselves, bearer tokens don't: only the former need the second proof.
function checkCsrf(request: FastifyRequest, identity: Identity): void {
  if (identity.kind !== 'person' || identity.csrf === null) return;
  if (request.headers[CSRF_HEADER] === identity.csrf) return;
  throw new TowpathError({
    code: 'CSRF_REFUSED',
    message: 'The request lacks the token of its console session.',
    cause: `The header ${CSRF_HEADER} is absent or belongs to another session.`,
    fix: 'Reload the console.',
  });
}

function authenticationRequired(): TowpathError {
  return new TowpathError({
    code: 'AUTHENTICATION_REQUIRED',
    message: 'This needs a valid credential.',
    cause: 'The token or cookie is absent, unknown, expired or revoked.',
    fix: `Open the console by a fresh link (\`${TOWPATH} dev\` prints it), or check TOWPATH_TOKEN.`,
  });
}

function permissionDenied(identity: Identity, permission: string): TowpathError {
  return new TowpathError({
    code: 'PERMISSION_DENIED',
    message: `The role ${identity.role} may not do this.`,
    cause: permission === 'signed-in' ? 'It is for people and agents.' : `It lacks the permission ${permission}.`,
    fix: 'Ask for a role that has it.',
  });
}
