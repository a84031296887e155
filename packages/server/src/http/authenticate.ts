// Credential → identity → permission, before the body of a request is read.
import { CSRF_HEADER, type RoutePermission } from '@towpath/api';
import {
  type AccessPlace,
  environmentsOf,
  isForPeople,
  isServiceAccount,
  judgeAccess,
  PERMISSIONS,
  roleHas,
  TOWPATH,
  TowpathError,
} from '@towpath/core';
import type { FastifyRequest } from 'fastify';
import { findAttemptByToken } from '../access/operations/find-attempt-by-token.ts';
import { findConsoleSession } from '../access/operations/find-console-session.ts';
import { findEndedCredential } from '../access/operations/find-ended-credential.ts';
import { findIdentityByToken } from '../access/operations/find-identity-by-token.ts';
import { isKnownSession } from '../access/operations/is-known-session.ts';
import type { RefusalDesk } from '../access/refusals/refusal-desk.ts';
import { isTokenOf } from '../access/secret-token.ts';
import { type Db, retryWhenLost } from '../db/database.ts';
import type { Identity } from './identity.ts';

/** Where a credential is looked for. */
export interface Authentication {
  readonly db: Db;
  readonly cookieName: string;
  /** Default: asks `db`. */
  readonly findByToken?: (token: string) => Promise<Identity | undefined>;
}

/** And who is told of those that are not taken. */
interface WatchedAuthentication extends Authentication {
  readonly refusals: RefusalDesk;
}

/**
 * Finds out who asks and whether they may; null on public routes.
 *
 * @throws TowpathError `AUTHENTICATION_REQUIRED`, `CSRF_REFUSED`, `PERMISSION_DENIED`
 */
export async function authorize(
  request: FastifyRequest,
  permission: RoutePermission,
  authentication: WatchedAuthentication,
): Promise<Identity | null> {
  if (permission === 'public') return null;
  const identity = await retryWhenLost(() => findIdentity(request, authentication));
  if (!identity) {
    await noteRefusal(request, authentication);
    throw authenticationRequired();
  }
  if (request.method !== 'GET') checkCsrf(request, identity);
  if (!mayAsk(identity, permission)) throw permissionDenied(identity, permission, 'some');
  return identity;
}

/** `signed-in` is for people and agents: an attempt's token opens one door alone. Where a person asks, see authorize-place.ts. */
function mayAsk(identity: Identity, permission: Exclude<RoutePermission, 'public'>): boolean {
  if (permission === 'signed-in') return identity.kind !== 'attempt';
  if (identity.kind === 'person') return judgeAccess(identity, permission, 'some').isAllowed;
  return roleHas(identity.role, permission);
}

/**
 * Whether somebody may still do all that they might: compared as a whole, with others they are to ask anew. Undefined: they are
 * nobody any more.
 */
export function hasSameRights(before: Identity | null, now: Identity | undefined): boolean {
  const rights = (identity: Identity | null | undefined) => (identity?.kind === 'person' ? identity.grants : null);
  return now !== undefined && JSON.stringify(rights(now)) === JSON.stringify(rights(before));
}

/** Finds out who asks; undefined: nobody who is known, or no longer. */
export async function findIdentity(
  request: FastifyRequest,
  { db, cookieName, findByToken = (token) => findIdentityByToken(db, token) }: Authentication,
): Promise<Identity | undefined> {
  const credential = findCredential(request, cookieName);
  if (credential?.kind === 'cookie') return findConsoleSession(db, credential.secret);
  if (credential === undefined) return undefined;
  const { secret } = credential;
  return isTokenOf('attempt', secret) ? findAttemptByToken(db, secret) : findByToken(secret);
}

/** Who shows nothing is not refused, and a console that was left open overnight tries nothing. */
async function noteRefusal(
  request: FastifyRequest,
  { db, cookieName, refusals }: WatchedAuthentication,
): Promise<void> {
  const credential = findCredential(request, cookieName);
  if (credential === undefined) return;
  const { kind, secret } = credential;
  const address = request.ip;
  if (kind === 'bearer') refusals.note({ shown: 'token', address, ...(await findEndedCredential(db, secret)) });
  else if (!(await isKnownSession(db, secret))) refusals.note({ shown: 'cookie', address, reason: 'unknown' });
}

/** The secret that a request is sent with; undefined: none. */
export function findCredential(
  { headers, cookies }: FastifyRequest,
  cookieName: string,
): { readonly kind: 'bearer' | 'cookie'; readonly secret: string } | undefined {
  const bearer = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer) return { kind: 'bearer', secret: bearer };
  // A header that is not a bearer token must not fall back to the cookie of whoever sits at the browser.
  if (headers.authorization !== undefined) return undefined;
  const cookie = cookies[cookieName];
  return cookie ? { kind: 'cookie', secret: cookie } : undefined;
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

/** The error of who is not known, or no longer. */
export function authenticationRequired(): TowpathError {
  return new TowpathError({
    code: 'AUTHENTICATION_REQUIRED',
    message: 'This needs a valid credential.',
    cause: 'The token or cookie is absent, unknown, expired or revoked.',
    fix: `Open the console by a fresh link (\`${TOWPATH} dev\` prints it), or check TOWPATH_TOKEN.`,
  });
}

/** The error of somebody who may not do something there. */
export function permissionDenied(identity: Identity, permission: string, place: AccessPlace): TowpathError {
  return new TowpathError({
    code: 'PERMISSION_DENIED',
    message: `${describeRole(identity)} may not do this${describePlace(place)}.`,
    cause:
      permission === 'signed-in'
        ? 'It is for people and agents.'
        : [`It lacks the permission ${permission}.`, ...explainLack(identity, permission, place)].join(' '),
    fix: isOnlyForPeople(identity, permission)
      ? 'Let a person do it, with a credential of theirs.'
      : `Ask for a role that has it${describePlace(place)}; \`${TOWPATH} whoami\` tells yours.`,
  });
}

function isOnlyForPeople({ name }: Identity, permission: string): boolean {
  return isServiceAccount(name) && PERMISSIONS.some((one) => one === permission && isForPeople(one));
}

/** What the role alone does not tell: who is asking, and where else they may. */
function explainLack(identity: Identity, permission: string, place: AccessPlace): readonly string[] {
  if (isOnlyForPeople(identity, permission))
    return ["No service account has it, whatever its role: its word is nobody's."];
  const known = PERMISSIONS.find((one) => one === permission);
  if (identity.kind !== 'person' || known === undefined || place === 'some') return [];
  const elsewhere = environmentsOf(identity.grants, known) ?? [];
  return elsewhere.length > 0 ? [`You have it in ${elsewhere.join(', ')} alone.`] : [];
}

function describeRole(identity: Identity): string {
  if (isServiceAccount(identity.name)) return `${identity.name} (role ${identity.role ?? 'none'})`;
  if (identity.role === null) return `${identity.name} has no role, so they`;
  return `The role ${identity.role}`;
}

function describePlace(place: AccessPlace): string {
  if (place === 'some') return '';
  return place === 'every' ? ' in all environments' : ` in ${place.environment}`;
}
