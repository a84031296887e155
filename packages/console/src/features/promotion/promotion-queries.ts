import { keepPreviousData, queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import {
  AbortPromotion,
  GetPromotion,
  GiveSignOff,
  LiftRefusal,
  ListPromotions,
  ListSignOffs,
  PlanRollback,
  type PromotionView,
  RetryPromotion,
  RollBack,
  type SignOffView,
  WithdrawSignOff,
} from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { queryClient } from '../../client/query-client.ts';
import { BOARD_KEY, PROMOTIONS_KEY } from '../../client/query-keys.ts';

/** Promotions shown of the past. */
const PAST_SIZE = 50;

function promotionOptions(promotionId: string) {
  return queryOptions({
    queryKey: [PROMOTIONS_KEY, 'one', promotionId],
    queryFn: ({ signal }): Promise<PromotionView> =>
      consoleClient.call(GetPromotion, { params: { promotionId }, signal }),
  });
}

/** One promotion. */
export function usePromotion(promotionId: string) {
  return useQuery(promotionOptions(promotionId));
}

/** Promotions and rollbacks, newest first. */
export function usePromotions() {
  return useQuery({
    queryKey: [PROMOTIONS_KEY, 'list'],
    queryFn: async ({ signal }): Promise<readonly PromotionView[]> =>
      (await consoleClient.call(ListPromotions, { query: { limit: PAST_SIZE }, signal })).promotions,
    placeholderData: keepPreviousData,
  });
}

/** Promotions and rollbacks of an environment listed to find what took the place of another. */
const REPLACING_SIZE = 100;

/** Promotions and rollbacks into an environment, newest first, as far back as they are listed. */
export function usePromotionsInto(environment: string, isWanted: boolean) {
  return useQuery({
    queryKey: [PROMOTIONS_KEY, 'into', environment],
    queryFn: async ({ signal }): Promise<readonly PromotionView[]> => {
      const query = { environment, limit: REPLACING_SIZE };
      return (await consoleClient.call(ListPromotions, { query, signal })).promotions;
    },
    enabled: isWanted,
  });
}

/** Sign-offs of a release for an environment, newest first, withdrawn ones too. */
export function useSignOffs(releaseId: string, environment: string) {
  return useQuery({
    queryKey: [PROMOTIONS_KEY, 'sign-offs', releaseId, environment],
    queryFn: async ({ signal }): Promise<readonly SignOffView[]> =>
      (await consoleClient.call(ListSignOffs, { query: { releaseId, environment }, signal })).signOffs,
  });
}

/** Ends a promotion; its reply is the promotion as it is then. */
export function useAbortPromotion(promotionId: string) {
  return useMutation({
    mutationFn: (reason: string) => consoleClient.call(AbortPromotion, { params: { promotionId }, body: { reason } }),
    onSuccess: refreshPromotions,
  });
}

/** Asks again for what failed technically; its reply is the new promotion. */
export function useRetryPromotion(promotionId: string) {
  return useMutation({
    mutationFn: () => consoleClient.call(RetryPromotion, { params: { promotionId }, body: {} }),
    onSuccess: refreshPromotions,
  });
}

/** Says of a release that it may come into an environment, or that it must not. */
export function useGiveSignOff(releaseId: string, environment: string) {
  return useMutation({
    mutationFn: ({
      decision,
      note,
    }: {
      readonly decision: SignOffView['decision'];
      readonly note?: string | undefined;
    }) => consoleClient.call(GiveSignOff, { body: { releaseId, environment, decision, note } }),
    onSuccess: refreshPromotions,
  });
}

/** Takes one's own sign-off back. */
export function useWithdrawSignOff(signOffId: string) {
  return useMutation({
    mutationFn: () => consoleClient.call(WithdrawSignOff, { params: { signOffId } }),
    onSuccess: refreshPromotions,
  });
}

/** Lifts the refusal of somebody who has left. */
export function useLiftRefusal(signOffId: string) {
  return useMutation({
    mutationFn: (reason: string) => consoleClient.call(LiftRefusal, { params: { signOffId }, body: { reason } }),
    onSuccess: refreshPromotions,
  });
}

/** Where a rollback would lead, and which pipelines there make models anew; not asked again while one is under way. */
export function useWayBack(environment: string, from: string, isOpen: boolean) {
  return useQuery({
    enabled: isOpen,
    queryKey: [PROMOTIONS_KEY, 'way-back', environment, from],
    queryFn: ({ signal }) => consoleClient.call(PlanRollback, { params: { environment }, query: { from }, signal }),
  });
}

/** What a rollback is asked for with. */
interface RollbackDraft {
  readonly reason: string;
  readonly fullRefresh?: { readonly models: readonly string[]; readonly pipeline?: string | undefined } | undefined;
}

/** Brings an environment back from the release it runs; its reply is the rollback. */
export function useRollBack(environment: string, from: string) {
  return useMutation({
    mutationFn: ({ reason, fullRefresh }: RollbackDraft) => {
      const refresh = fullRefresh && { ...fullRefresh, models: [...fullRefresh.models] };
      return consoleClient.call(RollBack, {
        params: { environment },
        body: { from, reason, ...(refresh && { fullRefresh: refresh }) },
      });
    },
    onSuccess: refreshPromotions,
  });
}

/** The event of a change comes too, but a person who clicked should not wait for it. */
export async function refreshPromotions(): Promise<void> {
  await Promise.all([BOARD_KEY, PROMOTIONS_KEY].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
}
