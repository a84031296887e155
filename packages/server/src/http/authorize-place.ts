// The second half of a person's authorization: the permission must hold where the request is about. The first half needs no
// body and comes before it is read, see authenticate.ts.
import type { RouteContract } from '@towpath/api';
import { type AccessPlace, environmentsOf, judgeAccess, rolesAt } from '@towpath/core';
import { findEnvironmentOf } from '../access/operations/find-environment-of.ts';
import type { ReadableEnvironments } from '../access/readable-environments.ts';
import { placeOf, type RoutePlace } from '../access/route-places.ts';
import type { Db } from '../db/database.ts';
import { permissionDenied } from './authenticate.ts';
import type { Identity, PersonIdentity } from './identity.ts';

/** Parts of a request that may name its environment. */
interface Parts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Who asks, as far as the request goes. */
export interface Placed {
  readonly identity: Identity | null;
  /** What a list is made of before it is counted and cut into pages; all where the request is about one place. */
  readonly readable: ReadableEnvironments;
  /** Whether what is of an environment may be told to them; always true where the request is about one place. */
  readonly mayTell: (environment: string | null) => boolean;
  /** Leaves out of a reply what may not be told: the second line, behind `readable`. */
  readonly filter: <T>(reply: T) => T;
}

const WHOLE = { readable: null, mayTell: () => true, filter: <T>(reply: T): T => reply };

/**
 * Narrows a person to the roles that hold where the request is about.
 *
 * @throws TowpathError `PERMISSION_DENIED`
 */
export async function authorizePlace(
  db: Db,
  contract: RouteContract,
  identity: Identity | null,
  parts: Parts,
): Promise<Placed> {
  const { permission } = contract;
  if (identity?.kind !== 'person' || permission === 'public' || permission === 'signed-in')
    return { identity, ...WHOLE };
  const own = environmentsOf(identity.grants, permission);
  const listing = placeOf(contract);
  const place = await findPlace(db, listing, parts);
  if (place === 'own') return { identity, ...(own === null ? WHOLE : createFilter(own, listing)) };
  if (!judgeAccess(identity, permission, place).isAllowed) throw permissionDenied(identity, permission, place);
  return { identity: narrow(identity, place), ...WHOLE };
}

async function findPlace(db: Db, place: RoutePlace, parts: Parts): Promise<AccessPlace | 'own'> {
  if (place === 'every' || place === 'some') return place;
  if (place === 'params' || place === 'body') return { environment: readEnvironment(parts[place]) ?? '' };
  if (place === 'query') {
    const environment = readEnvironment(parts.query);
    return environment === undefined ? 'own' : { environment };
  }
  if ('listed' in place) return 'own';
  const id = new Map(Object.entries(Object(parts.params))).get(place.param);
  const environment = await findEnvironmentOf(db, place.kind, String(id));
  // What is not there is nobody's; the route says so.
  return environment === undefined ? 'some' : { environment };
}

function readEnvironment(part: unknown): string | undefined {
  const value: unknown = typeof part === 'object' && part !== null ? Reflect.get(part, 'environment') : undefined;
  return typeof value === 'string' ? value : undefined;
}

function narrow(identity: PersonIdentity, place: AccessPlace): PersonIdentity {
  const roles = rolesAt(identity.grants, place);
  return { ...identity, roles, role: roles[0] ?? null };
}

function createFilter(own: readonly string[], listing: RoutePlace): Omit<Placed, 'identity'> {
  const field = typeof listing === 'object' && 'listed' in listing ? listing.listed : 'environment';
  const mayTell = (environment: string | null): boolean => environment !== null && own.includes(environment);
  const filter = (value: unknown): unknown => {
    // By name, only the list itself: what stands in it has names of its own.
    if (Array.isArray(value)) return field === 'name' ? value.filter(isTold) : value.filter(isTold).map(filter);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filter(member)]));
  };
  const isTold = (item: unknown): boolean => {
    const isOwned = typeof item === 'object' && item !== null && Object.hasOwn(item, field);
    if (!isOwned) return true;
    const environment: unknown = Reflect.get(item, field);
    return typeof environment === 'string' && mayTell(environment);
  };
  // The same shape with fewer items.
  return { readable: own, mayTell, filter: <T>(reply: T): T => filter(reply) as T };
}
