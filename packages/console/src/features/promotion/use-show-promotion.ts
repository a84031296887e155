import { useNavigate } from '@tanstack/react-router';
import type { PromotionView } from '@towpath/api';

/** Goes to the page of a promotion. */
export function useShowPromotion(): (promotion: PromotionView) => void {
  const navigate = useNavigate();
  return ({ id, environment }) =>
    void navigate({ to: '/promotions/$promotionId', params: { promotionId: id }, search: { environment } });
}
