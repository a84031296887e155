// Who is asking: a person (access token or console session), the agent of one environment, or one attempt.
import { type Grant, type PersonRole, TowpathError } from '@towpath/core';

/** What a credential was issued with. */
export interface Holding {
  /** Without meaning when groups are set. */
  readonly role: PersonRole;
  /** Null: everywhere. */
  readonly environments: readonly string[] | null;
  /** Set: what it may do follows from the access policy, by name and these. */
  readonly groups: readonly string[] | null;
}

/** A person or a tool of theirs. */
export interface PersonIdentity {
  readonly kind: 'person';
  readonly name: string;
  /** The farthest-reaching role of `roles`; null: none. */
  readonly role: PersonRole | null;
  /** The roles that hold where the request is about; before that is known, all. */
  readonly roles: readonly PersonRole[];
  readonly grants: readonly Grant[];
  readonly holding: Holding;
  /** The token that is used, or that the session was opened from. */
  readonly tokenId: string | null;
  /** Hashes of the console sessions that this goes through, its own last; none for a token. */
  readonly sessions: readonly Buffer[];
  readonly expiresAt: string;
  /** Set for console sessions only: what requests that change something must send back. */
  readonly csrf: string | null;
}

/** An agent; its environment follows from its credential. */
export interface AgentIdentity {
  readonly kind: 'agent';
  readonly name: string;
  readonly role: 'agent';
  readonly agentId: string;
  readonly environment: string;
}

/** An attempt that has not ended, by the token its agent asked for. */
export interface AttemptIdentity {
  readonly kind: 'attempt';
  readonly name: string;
  readonly role: 'attempt';
  /** Of its run; nothing else is given to it. */
  readonly bundleHash: string;
}

export type Identity = PersonIdentity | AgentIdentity | AttemptIdentity;

/**
 * Narrows to an agent; routes that need `attempts:execute` or `code:register` only ever see one.
 *
 * @throws TowpathError `PERMISSION_DENIED`
 */
export function requireAgent(identity: Identity | null): AgentIdentity {
  if (identity?.kind === 'agent') return identity;
  throw denied('Only an agent may do this.');
}

/** A person who has a role where the request is about. */
export type PersonWithRole = PersonIdentity & { readonly role: PersonRole };

/**
 * Narrows to a person with a role.
 *
 * @throws TowpathError `PERMISSION_DENIED`
 */
export function requirePerson(identity: Identity | null): PersonWithRole {
  if (identity?.kind === 'person' && identity.role !== null) return { ...identity, role: identity.role };
  throw denied('Only a person may do this.');
}

/**
 * Narrows to an attempt; routes that need `bundles:fetch` only ever see one.
 *
 * @throws TowpathError `PERMISSION_DENIED`
 */
export function requireAttempt(identity: Identity | null): AttemptIdentity {
  if (identity?.kind === 'attempt') return identity;
  throw denied('Only an attempt may do this.');
}

/**
 * The caller of a route that needs a credential.
 *
 * @throws TowpathError `PERMISSION_DENIED`
 */
export function requireIdentity(identity: Identity | null): Identity {
  if (identity) return identity;
  throw denied('This needs a credential.');
}

function denied(message: string): TowpathError {
  return new TowpathError({ code: 'PERMISSION_DENIED', message, fix: 'Use a credential of the right kind.' });
}
