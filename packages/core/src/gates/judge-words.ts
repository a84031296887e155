// Whose approval is worth something: each human has one word over all roles, and none about what they did themselves.
import type { PromotionFacts, SignOff } from './promotion-facts.ts';
import { type Human, isSameHuman } from './same-human.ts';

/** A word about a release, or about a plan of a deploy command. */
export type Word = Pick<SignOff, 'role' | 'person' | 'decision' | 'accessRevokedAtMs' | 'account' | 'isRoleLost'> &
  Partial<Pick<SignOff, 'givenAtMs'>> & { readonly hasExpired?: boolean | undefined };

/** Who did what is to be approved. */
export type Deeds = Pick<PromotionFacts, 'release' | 'initiator' | 'behind'>;

/** A word, and what it is worth. */
export interface JudgedWord {
  readonly word: Word;
  /** Why it does not count, said of its person; undefined: it does. */
  readonly obstacle: string | undefined;
}

/** The approvals of all who are still there, newest first. Of two that may be of one human, the newer one is theirs. */
export function judgeWords(facts: Deeds, approvals: readonly Word[]): readonly JudgedWord[] {
  const words = approvals
    .filter((one) => !hasLeft(one))
    .toSorted((one, other) => (other.givenAtMs ?? 0) - (one.givenAtMs ?? 0));
  return words.map((word, at) => {
    const hasNewer = words.slice(0, at).some((newer) => isSameHuman(toHuman(newer), toHuman(word)));
    return { word, obstacle: hasNewer ? 'has said something newer' : findObstacle(facts, word) };
  });
}

/** What its person did themselves, or stands behind, and so can't approve. */
export function findDeed({ release, initiator, behind }: Deeds, word: Word): string | undefined {
  const deeds = [
    ['made the release', release.author, behind?.author],
    ['asked for the promotion', initiator, behind?.initiator],
  ] as const;
  for (const [deed, name, human] of deeds) {
    if (isSameHuman(human?.name === name ? human : { name }, toHuman(word))) return deed;
    if (human && isSameHuman(human, toHuman(word))) return `stands behind who ${deed}`;
  }
  return undefined;
}

/** Whether the access of its person was revoked after it. */
export function hasLeft({ accessRevokedAtMs }: Word): boolean {
  return (accessRevokedAtMs ?? null) !== null;
}

function findObstacle(facts: Deeds, word: Word): string | undefined {
  const deed = findDeed(facts, word);
  if (deed !== undefined) return deed;
  if (word.isRoleLost) return `is no ${word.role} there any more`;
  return word.hasExpired ? 'has expired' : undefined;
}

function toHuman({ person: name, account }: Word): Human {
  return { name, account };
}
