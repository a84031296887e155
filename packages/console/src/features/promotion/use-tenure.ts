import type { PromotionView } from '@towpath/api';
import { useBoardRow } from '../board/board-queries.ts';
import { judgeTenure, type Tenure } from './judge-tenure.ts';
import { usePromotionsInto } from './promotion-queries.ts';

/** Whether its environment still runs it; undefined: it never took effect. */
export function useTenure(promotion: PromotionView): Tenure | undefined {
  const { environment, state } = promotion;
  const row = useBoardRow(environment);
  const promotions = usePromotionsInto(environment, state === 'succeeded').data;
  return judgeTenure(promotion, { row, promotions });
}
