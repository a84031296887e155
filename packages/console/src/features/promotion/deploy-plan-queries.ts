import { useMutation, useQuery } from '@tanstack/react-query';
import { type DeployPlanView, ListDeployPlans, SignDeployPlan } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { PROMOTIONS_KEY } from '../../client/query-keys.ts';
import { refreshPromotions } from './promotion-queries.ts';

/** Plans of the deploy command for a promotion, newest first; none is asked for where nobody plans. */
export function useDeployPlans(promotionId: string, isPlanned: boolean) {
  return useQuery({
    queryKey: [PROMOTIONS_KEY, 'deploy-plans', promotionId],
    queryFn: async ({ signal }): Promise<readonly DeployPlanView[]> =>
      (await consoleClient.call(ListDeployPlans, { params: { promotionId }, signal })).plans,
    enabled: isPlanned,
  });
}

/** What somebody says of a plan, by its hash. */
export function useSignDeployPlan({ promotionId }: Pick<DeployPlanView, 'promotionId'>) {
  return useMutation({
    mutationFn: (body: {
      readonly sha256: string;
      readonly decision: 'approved' | 'refused';
      readonly note?: string | undefined;
    }) => consoleClient.call(SignDeployPlan, { params: { promotionId }, body }),
    onSuccess: refreshPromotions,
  });
}
