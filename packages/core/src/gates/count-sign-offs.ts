// Which sign-offs are about this very release and environment, and whose count.
import type { PromotionFacts, SignOff } from './promotion-facts.ts';

type Approval = Pick<SignOff, 'role' | 'person' | 'decision'>;

/** Those for this release in this environment: approvals that have not expired, and refusals, which stand until they are taken back. */
export function listOwnSignOffs(
  { release, environment }: PromotionFacts,
  all: readonly SignOff[],
  nowMs: number,
): readonly SignOff[] {
  const own = all.filter((one) => one.releaseId === release.id && one.environment === environment.name);
  return own.filter(({ decision, expiresAtMs }) => decision === 'refused' || nowMs < expiresAtMs);
}

/** Anybody's refusal. */
export function findRefusal(own: readonly SignOff[]): SignOff | undefined {
  return own.find(({ decision }) => decision === 'refused');
}

/** Who of each wanted role approved, and how many are missing. The author and who asked for the promotion don't count. */
export function countSignOffs(
  { release, initiator }: Pick<PromotionFacts, 'release' | 'initiator'>,
  own: readonly Approval[],
  wanted: Readonly<Partial<Record<string, number>>>,
) {
  const counted = own.filter(
    ({ person, decision }) => decision === 'approved' && person !== release.author && person !== initiator,
  );
  const roles = Object.entries(wanted).flatMap(([role, count = 0]) => (count > 0 ? [[role, count] as const] : []));
  const given = Object.fromEntries(roles.map(([role]) => [role, listPeople(counted, role)]));
  const missing = roles.flatMap(([role, count]) => {
    const left = count - (given[role]?.length ?? 0);
    return left > 0 ? [[role, left] as const] : [];
  });
  return { given, missing: Object.fromEntries(missing) };
}

function listPeople(signOffs: readonly Approval[], role: string): readonly string[] {
  return [...new Set(signOffs.filter((one) => one.role === role).map(({ person }) => person))].sort();
}
