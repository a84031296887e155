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
  type PromotionRules,
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
  /** What for; absent: whatever needs the permission. */
  readonly verb?: 'emergency' | 'approve-plan' | undefined;
}

/**
 * Whether somebody may do something, and why.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`
 */
export async function explainAccess(db: Db, identity: Identity, question: Question): Promise<AccessAnswerView> {
  const { permission, environment, verb } = question;
  const target = environment === undefined ? undefined : await findTarget(db, environment);
  if (environment !== undefined && !target) throw environmentUnknown(environment);
  const verdict = identity.kind === 'person' ? judgePerson(identity, question) : judgeOther(identity, permission);
  const isAsked = verdict.isAllowed && target !== undefined && identity.kind === 'person';
  const isPolicyAsked = isAsked && (permission === 'promotions:write' || verb !== undefined);
  const last = isPolicyAsked ? await askPolicy(db, identity, { target, verb }, verdict) : verdict;
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

interface Wish extends Pick<Question, 'verb'> {
  readonly target: PromotionTarget;
}

// The same rules as promoter.ts and sign-deploy-plan.ts.
async function askPolicy(
  db: Db,
  { grants }: PersonIdentity,
  { target, verb }: Wish,
  { grant }: Verdict,
): Promise<Verdict> {
  const rules = findRules((await findPolicy(db)).policy, target);
  const { name } = target;
  if (verb === 'emergency' && rules.emergency === null)
    return { isAllowed: false, grant, reason: `The policy offers no emergency in ${name}.` };
  if (verb === 'approve-plan' && rules.deployPlan === null)
    return { isAllowed: false, grant, reason: `The policy wants no plans of deploy commands in ${name}.` };
  const wanted = verb === 'approve-plan' ? listApprovers(rules) : rules.promoters;
  const place = { environment: name };
  const deciding = grantsAt(grants, place).find(({ role }) => wanted.includes(role));
  if (deciding) return { isAllowed: true, grant: toView(deciding), reason: explain(deciding) };
  const own = rolesAt(grants, place).join(', ');
  const what = verb === 'approve-plan' ? `approve deploy plans of ${name}` : `decide what ${name} runs`;
  return {
    isAllowed: false,
    grant,
    reason: `The policy lets ${wanted.join(', ') || 'nobody'} ${what}; there you are ${own}.`,
  };
}

function listApprovers({ deployPlan }: PromotionRules): readonly string[] {
  return Object.entries(deployPlan?.approvals ?? {}).flatMap(([role, count]) => (count > 0 ? [role] : []));
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
