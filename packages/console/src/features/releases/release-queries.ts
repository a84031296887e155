import { keepPreviousData, queryOptions, skipToken, useMutation, useQuery } from '@tanstack/react-query';
import {
  CompareReleases,
  GetRelease,
  ListReleases,
  OpenPromotion,
  PlanPromotion,
  type ReleaseView,
} from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { PROMOTIONS_KEY } from '../../client/query-keys.ts';
import { refreshPromotions } from '../promotion/promotion-queries.ts';

/** Releases shown of a project, newest first. */
const LIST_SIZE = 200;

function releaseOptions(releaseId: string | undefined) {
  return queryOptions({
    queryKey: [PROMOTIONS_KEY, 'release', releaseId ?? ''],
    queryFn: releaseId
      ? ({ signal }): Promise<ReleaseView> => consoleClient.call(GetRelease, { params: { releaseId }, signal })
      : skipToken,
  });
}

/** One release; without an id nothing is asked. */
export function useRelease(releaseId: string | undefined) {
  return useQuery(releaseOptions(releaseId));
}

/** What a release has that the one before has not; without both nothing is asked. Neither ever changes. */
export function useDifferences(fromId: string | undefined, releaseId: string | undefined) {
  const isKnown = fromId !== undefined && releaseId !== undefined;
  return useQuery({
    queryKey: ['differences', fromId ?? '', releaseId ?? ''],
    queryFn: isKnown
      ? ({ signal }) => consoleClient.call(CompareReleases, { params: { releaseId }, query: { from: fromId }, signal })
      : skipToken,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Releases, newest first; of one project, when it is named. */
export function useReleases(project?: string) {
  return useQuery({
    queryKey: [PROMOTIONS_KEY, 'releases', project ?? ''],
    queryFn: async ({ signal }): Promise<readonly ReleaseView[]> =>
      (await consoleClient.call(ListReleases, { query: { project, limit: LIST_SIZE }, signal })).releases,
    placeholderData: keepPreviousData,
  });
}

/** What is asked for. */
export interface PromotionDraft {
  readonly releaseId: string;
  readonly environment: string;
  readonly rollbackPlan?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly note?: string | undefined;
  readonly emergency?: { readonly reason: string } | undefined;
  readonly changeRecord?: string | undefined;
}

/** What a promotion would do and what its gates would say, asked by this person now. */
export function usePlan({ releaseId, environment, rollbackPlan, changeRecord, ...draft }: PromotionDraft) {
  // Without its reason it is not one yet.
  const emergency = draft.emergency?.reason ? draft.emergency : undefined;
  return useQuery({
    queryKey: [PROMOTIONS_KEY, 'plan', releaseId, environment, rollbackPlan, changeRecord, emergency?.reason],
    queryFn: ({ signal }) =>
      consoleClient.call(PlanPromotion, {
        body: { releaseId, environment, rollbackPlan, changeRecord, emergency },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}

/** Asks for a release in an environment; its reply is the promotion, as its gates leave it. */
export function useOpenPromotion() {
  return useMutation({
    mutationFn: (body: PromotionDraft) => consoleClient.call(OpenPromotion, { body }),
    onSuccess: refreshPromotions,
  });
}
