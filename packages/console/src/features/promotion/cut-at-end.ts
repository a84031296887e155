// What was said of a release as it stood when a promotion ended: later words count for later promotions.
import type { PromotionView, SignOffView } from '@towpath/api';

type Ended = Pick<PromotionView, 'endedAt'>;

/** Without what was said after its end; what was taken back or lost after it stands as it did then. All, while it lives. */
export function cutAtEnd({ endedAt }: Ended, signOffs: readonly SignOffView[]): readonly SignOffView[] {
  if (endedAt === null) return signOffs;
  const endMs = Date.parse(endedAt);
  const isLater = (at: string | null): boolean => at !== null && Date.parse(at) > endMs;
  return signOffs.filter(({ givenAt }) => !isLater(givenAt)).map((signOff) => revive(signOff, isLater));
}

function revive(signOff: SignOffView, isLater: (at: string | null) => boolean): SignOffView {
  return {
    ...signOff,
    ...(isLater(signOff.withdrawnAt) ? { withdrawnAt: null, withdrawnBy: null, withdrawnWhy: null } : {}),
    ...(isLater(signOff.accessRevokedAt) ? { accessRevokedAt: null } : {}),
  };
}
