// "May I?", with what decides it. What the routes judge by is asked here, too: roles first, then the policy of promotions.
import type { AccessAnswerView, GrantView } from '@towpath/api';
import {
  type AccessPlace,
  findRules,
  type Grant,
  isServiceAccount,
  judgeAccess,
  type Permission,
  roleHas,
  rolesAt,
} from '@towpath/core';
import type { Db } from '../db/database.ts';
import type { Identity, PersonIdentity } from '../http/identity.ts';
import { findPolicy } from '../promotions/operations/find-policy.ts';
import { findTarget } from '../promotions/operations/find-target.ts';
import { environmentUnknown } from '../runs/run-errors.ts';

interface Question {
  readonly permission: Permission;
  /** Undefined: in all. */
  readonly environment?: string | undefined;
}

/**
 * Whether somebody may do something, and why.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`
 */
export async function explainAccess(db: Db, identity: Identity, question: Question): Promise<AccessAnswerView> {
  const { permission, environment } = question;
  const target = environment === undefined ? undefined : await findTarget(db, environment);
  if (environment !== undefined && !target) throw environmentUnknown(environment);
  const rest = { permission, environment: environment ?? null };
  if (identity.kind !== 'person') {
    const isAllowed = roleHas(identity.role, permission);
    return { ...rest, isAllowed, grant: null, reason: `It follows from its credential, that of an ${identity.kind}.` };
  }
  const place = environment === undefined ? 'every' : { environment };
  const { isAllowed, grant } = judgeAccess(identity, permission, place);
  if (!isAllowed || !grant)
    return { ...rest, isAllowed: false, grant: null, reason: explainRefusal(identity, place, permission) };
  if (permission !== 'promotions:write' || !target)
    return { ...rest, isAllowed, grant: toView(grant), reason: explain(grant) };
  const { promoters } = findRules((await findPolicy(db)).policy, target);
  const promoter = rolesAt(identity.grants, place).find((role) => promoters.includes(role));
  const deciding = identity.grants.find(({ role }) => role === promoter);
  if (deciding) return { ...rest, isAllowed: true, grant: toView(deciding), reason: explain(deciding) };
  const reason = `The policy lets ${promoters.join(', ')} decide what ${target.name} runs; there you are ${rolesAt(identity.grants, place).join(', ')}.`;
  return { ...rest, isAllowed: false, grant: toView(grant), reason };
}

function toView({ role, environments, from }: Grant): GrantView {
  return { role, environments: environments && [...environments], from };
}

function explain({ role, environments, from }: Grant): string {
  const where = environments === null ? 'in all environments' : `in ${environments.join(', ')}`;
  const source = from === 'credential' ? 'what you came with says so' : `the binding of ${from} says so`;
  return `You are ${role} ${where}: ${source}.`;
}

function explainRefusal({ name, grants }: PersonIdentity, place: AccessPlace, permission: Permission): string {
  if (grants.length === 0) return 'No binding names you or a group of yours.';
  if (isServiceAccount(name) && grants.some(({ role }) => roleHas(role, permission)))
    return 'That is for people; you are a service account.';
  const roles = rolesAt(grants, place);
  const where = typeof place === 'string' ? 'in all environments' : `in ${place.environment}`;
  if (roles.length === 0) return `You have no role ${where}.`;
  return `You are ${roles.join(', ')} ${where}, which does not include ${permission}.`;
}
