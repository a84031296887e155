// Which sign-offs are about this very release and environment, and whose count.
import { type Deeds, findDeed, hasLeft, type JudgedWord, judgeWords, type Word } from './judge-words.ts';
import type { PromotionFacts, SignOff } from './promotion-facts.ts';

/** One that may have expired. */
export type JudgedSignOff = SignOff & { readonly hasExpired: boolean };

type Wanted = Readonly<Partial<Record<string, number>>>;

const DAY_MS = 24 * 3600 * 1000;

/** Those for this release in this environment, also those that count no more: see `countSignOffs`. */
export function listOwnSignOffs({ release, environment }: PromotionFacts, all: readonly SignOff[]): readonly SignOff[] {
  return all.filter((one) => one.releaseId === release.id && one.environment === environment.name);
}

/** Tells which have expired: by what was said when they were given, and by the rule in force now, whichever is sooner. */
export function markExpired(own: readonly SignOff[], signOffDays: number, nowMs: number): readonly JudgedSignOff[] {
  return own.map((one) => ({
    ...one,
    hasExpired: nowMs >= Math.min(one.expiresAtMs, one.givenAtMs + signOffDays * DAY_MS),
  }));
}

/** Anybody's refusal: it stands until it is taken back or lifted. */
export function findRefusal(own: readonly SignOff[]): SignOff | undefined {
  return own.find(({ decision }) => decision === 'refused');
}

/**
 * Who of each wanted role approved, and how many are missing. Each human counts once over all roles, by what they said last. The author,
 * who asked for the promotion, the people behind a service account that did either, and people whose access was revoked or whose role is
 * gone since don't count.
 */
export function countSignOffs(facts: Deeds, own: readonly Word[], wanted: Wanted) {
  const approvals = own.filter(({ decision }) => decision === 'approved');
  const standing = judgeWords(facts, approvals);
  const roles = Object.entries(wanted).flatMap(([role, count = 0]) => (count > 0 ? [[role, count] as const] : []));
  const counted = standing.flatMap(({ word, obstacle }) => (obstacle === undefined ? [word] : []));
  const given = Object.fromEntries(roles.map(([role]) => [role, listPeople(counted, role)]));
  const missing = roles.flatMap(([role, count]) => {
    const left = count - (given[role]?.length ?? 0);
    return left > 0 ? [[role, left] as const] : [];
  });
  return { given, missing: Object.fromEntries(missing), ...describeUncounted(facts, approvals, { standing, wanted }) };
}

function describeUncounted(
  facts: Deeds,
  approvals: readonly Word[],
  { standing, wanted }: { readonly standing: readonly JudgedWord[]; readonly wanted: Wanted },
) {
  const left = approvals
    .filter((one) => hasLeft(one) && findDeed(facts, one) === undefined)
    .map(({ person, accessRevokedAtMs }) => [person, toText(accessRevokedAtMs)]);
  const others = listObstacles(standing, wanted);
  return {
    // Whose word counts no more, and since when; mostly nobody's.
    ...(left.length > 0 && { accessRevoked: Object.fromEntries(left) as Readonly<Record<string, string>> }),
    // Whose word does not count for another reason.
    ...(others.length > 0 && { notCounted: Object.fromEntries(others) as Readonly<Record<string, string>> }),
  };
}

// Backwards, so that of two words of one name the newest says why.
function listObstacles(standing: readonly JudgedWord[], wanted: Wanted) {
  return standing.toReversed().flatMap(({ word: { person, role }, obstacle }) => {
    return obstacle === undefined || (wanted[role] ?? 0) === 0 ? [] : [[person, obstacle] as const];
  });
}

/** A refusal as evidence: whose it is, why, and since when they are gone, if they are. */
export function describeRefusal({ person, role, note, accessRevokedAtMs }: SignOff) {
  const accessRevokedAt = toText(accessRevokedAtMs);
  return { by: person, role, note, ...(accessRevokedAt !== null && { accessRevokedAt }) };
}

function toText(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}

function listPeople(signOffs: readonly Word[], role: string): readonly string[] {
  return [...new Set(signOffs.filter((one) => one.role === role).map(({ person }) => person))].sort();
}
