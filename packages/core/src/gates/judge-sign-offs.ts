// A68: so many people of each role signed off this very release for this environment. Its author and who asked for the promotion
// don't count; one that expired or was withdrawn doesn't either; a refusal stands until it is withdrawn.
import type { PromotionRules } from '../promotion/policy.ts';
import type { PromotionFacts, SignOff } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether all who must have signed; only a person can change that. */
export function judgeSignOffs(facts: PromotionFacts, { signOffs: wanted }: PromotionRules, nowMs: number): GateAnswer {
  const roles = Object.entries(wanted).filter(([, count]) => count > 0);
  if (isUnknown(facts.signOffs)) return unreachable(facts.signOffs, nowMs);
  const own = facts.signOffs.value.filter(
    ({ releaseId, environment, expiresAtMs }) =>
      releaseId === facts.release.id && environment === facts.environment.name && nowMs < expiresAtMs,
  );
  const refusal = own.find(({ decision }) => decision === 'refused');
  if (refusal) return deny('SIGN_OFF_REFUSED', { by: refusal.person, role: refusal.role, note: refusal.note });
  if (roles.length === 0) return allow('SIGN_OFFS_NOT_WANTED');
  const counted = own.filter(({ person }) => person !== facts.release.author && person !== facts.initiator);
  const given = Object.fromEntries(roles.map(([role]) => [role, listPeople(counted, role)]));
  const missing = roles.flatMap(([role, count]) => {
    const left = count - (given[role]?.length ?? 0);
    return left > 0 ? [[role, left] as const] : [];
  });
  if (missing.length === 0) return allow('SIGN_OFFS_GIVEN', { given });
  return defer('SIGN_OFFS_MISSING', { given, missing: Object.fromEntries(missing) });
}

function listPeople(signOffs: readonly SignOff[], role: string): readonly string[] {
  return [...new Set(signOffs.filter((one) => one.role === role).map(({ person }) => person))].sort();
}
