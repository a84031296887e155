// Whether an environment still runs what a promotion or rollback brought it, or what took its place.
import type { BoardRow, PromotionView } from '@towpath/api';

/** How long a promotion that took effect lasted. */
export type Tenure =
  /** Not known yet, or to nobody any more. */
  | { readonly how: 'unknown' }
  | { readonly how: 'current' }
  /** Undefined successor: it is so long ago that it is not listed. */
  | { readonly how: 'past'; readonly successor: PromotionView | undefined };

interface Known {
  /** What its environment runs; undefined: not known. */
  readonly row: Pick<BoardRow, 'deployment'> | undefined;
  /** Those of its environment, as far back as they are listed; undefined: not known. */
  readonly promotions: readonly PromotionView[] | undefined;
}

/** Judges one that took effect; undefined: it did not. The same release once more takes nobody's place. */
export function judgeTenure(promotion: PromotionView, { row, promotions }: Known): Tenure | undefined {
  if (promotion.state !== 'succeeded') return undefined;
  if (row === undefined || promotions === undefined) return { how: 'unknown' };
  const isListed = promotions.some(({ id }) => id === promotion.id);
  const successor = isListed ? findSuccessor(promotion, promotions) : undefined;
  const isThere = row.deployment?.release.id === promotion.release.id;
  return isThere && !successor ? { how: 'current' } : { how: 'past', successor };
}

/** The first that brought another release after it. */
function findSuccessor(promotion: PromotionView, all: readonly PromotionView[]): PromotionView | undefined {
  return all
    .filter(({ state, environment }) => state === 'succeeded' && environment === promotion.environment)
    .filter(({ release }) => release.id !== promotion.release.id)
    .filter((one) => endOf(one) > endOf(promotion))
    .toSorted((left, right) => endOf(left) - endOf(right))[0];
}

function endOf({ endedAt }: PromotionView): number {
  return Date.parse(endedAt ?? '');
}
