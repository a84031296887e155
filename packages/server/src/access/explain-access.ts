// "May I?", with what decides it. What the routes judge by is asked here, too: roles first, then the policy of promotions.
import type { AccessAnswerView, GrantView } from '@towpath/api';
import {
  type AccessPlace,
  findRules,
  type Grant,
  grantsAt,
  isForPeople,
  isServiceAccount,
  judgeAccess,
  type Permission,
  roleHas,
  rolesAt,
} from '@towpath/core';
import type { Db } from '../db/database.ts';
import type { AgentIdentity, AttemptIdentity, Identity, PersonIdentity } from '../http/identity.ts';
import { findPolicy } from '../promotions/operations/find-policy.ts';
import { findTarget, type PromotionTarget } from '../promotions/operations/find-target.ts';
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
  const verdict = identity.kind === 'person' ? judgePerson(identity, question) : judgeOther(identity, permission);
  const isPolicyAsked = identity.kind === 'person' && verdict.isAllowed && permission === 'promotions:write';
  const last = isPolicyAsked && target ? await askPolicy(db, identity, target, verdict) : verdict;
  return { ...last, permission, environment: environment ?? null };
}

type Verdict = Pick<AccessAnswerView, 'isAllowed' | 'grant' | 'reason'>;

function judgePerson(identity: PersonIdentity, { permission, environment }: Question): Verdict {
  const place = environment === undefined ? 'every' : { environment };
  const { grant } = judgeAccess(identity, permission, place);
  if (grant) return { isAllowed: true, grant: toView(grant), reason: explain(grant) };
  return { isAllowed: false, grant: null, reason: explainRefusal(identity, place, permission) };
}

function judgeOther({ kind, role }: AgentIdentity | AttemptIdentity, permission: Permission): Verdict {
  const reason = `It follows from your credential, that of an ${kind}.`;
  return { isAllowed: roleHas(role, permission), grant: null, reason };
}

// The same rule as promoter.ts.
async function askPolicy(
  db: Db,
  { grants }: PersonIdentity,
  target: PromotionTarget,
  { grant }: Verdict,
): Promise<Verdict> {
  const { promoters } = findRules((await findPolicy(db)).policy, target);
  const place = { environment: target.name };
  const deciding = grantsAt(grants, place).find(({ role }) => promoters.includes(role));
  if (deciding) return { isAllowed: true, grant: toView(deciding), reason: explain(deciding) };
  const own = rolesAt(grants, place).join(', ');
  const reason = `The policy lets ${promoters.join(', ')} decide what ${target.name} runs; there you are ${own}.`;
  return { isAllowed: false, grant, reason };
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
  if (isServiceAccount(name) && isForPeople(permission)) return 'That is for people; you are a service account.';
  const roles = rolesAt(grants, place);
  const where = typeof place === 'string' ? 'in all environments' : `in ${place.environment}`;
  if (roles.length === 0) {
    const elsewhere = grants.find(({ role }) => roleHas(role, permission))?.environments;
    return elsewhere ? `You may in ${elsewhere.join(', ')}, and have no role ${where}.` : `You have no role ${where}.`;
  }
  return `You are ${roles.join(', ')} ${where}, which does not include ${permission}.`;
}
