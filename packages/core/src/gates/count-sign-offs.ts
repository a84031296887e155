// Which sign-offs are about this very release and environment, and whose count.
import type { PromotionFacts, SignOff } from './promotion-facts.ts';

type Approval = Pick<SignOff, 'role' | 'person' | 'decision' | 'accessRevokedAtMs'>;

/**
 * Those for this release in this environment: approvals that have not expired, and refusals, which stand until they are taken back or
 * lifted. Approvals of people whose access was revoked since are among them: `countSignOffs` counts them for nothing.
 */
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

/** Who of each wanted role approved, and how many are missing. The author, who asked for the promotion, and people whose access was revoked since don't count. */
export function countSignOffs(
  { release, initiator }: Pick<PromotionFacts, 'release' | 'initiator'>,
  own: readonly Approval[],
  wanted: Readonly<Partial<Record<string, number>>>,
) {
  const approvals = own.filter(
    ({ person, decision }) => decision === 'approved' && person !== release.author && person !== initiator,
  );
  const counted = approvals.filter((one) => !hasLeft(one));
  const roles = Object.entries(wanted).flatMap(([role, count = 0]) => (count > 0 ? [[role, count] as const] : []));
  const given = Object.fromEntries(roles.map(([role]) => [role, listPeople(counted, role)]));
  const missing = roles.flatMap(([role, count]) => {
    const left = count - (given[role]?.length ?? 0);
    return left > 0 ? [[role, left] as const] : [];
  });
  const left = approvals.filter(hasLeft).map(({ person, accessRevokedAtMs }) => [person, toText(accessRevokedAtMs)]);
  return {
    given,
    missing: Object.fromEntries(missing),
    // Whose word counts no more, and since when; mostly nobody's.
    ...(left.length > 0 && { accessRevoked: Object.fromEntries(left) as Readonly<Record<string, string>> }),
  };
}

/** Whether the access of its person was revoked after it. */
function hasLeft({ accessRevokedAtMs }: Approval): boolean {
  return (accessRevokedAtMs ?? null) !== null;
}

/** A refusal as evidence: whose it is, why, and since when they are gone, if they are. */
export function describeRefusal({ person, role, note, accessRevokedAtMs }: SignOff) {
  const accessRevokedAt = toText(accessRevokedAtMs);
  return { by: person, role, note, ...(accessRevokedAt !== null && { accessRevokedAt }) };
}

function toText(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}

function listPeople(signOffs: readonly Approval[], role: string): readonly string[] {
  return [...new Set(signOffs.filter((one) => one.role === role).map(({ person }) => person))].sort();
}
