import { keepPreviousData, skipToken, useMutation, useQuery } from '@tanstack/react-query';
import { DeclareFreeze, GetCalendar, LiftFreeze } from '@towpath/api';
import type { z } from 'zod';
import { consoleClient } from '../../client/console-client.ts';
import { PROMOTIONS_KEY } from '../../client/query-keys.ts';
import { refreshPromotions } from '../promotion/promotion-queries.ts';

/** The calendar of an environment, as the server tells it. */
export type Calendar = z.output<(typeof GetCalendar)['reply']>;

/** Days shown: six weeks hold any month that one asks about today. */
const DAYS = 42;

/** Whether an environment is open now, when next, and why the next days are closed. */
export function useCalendar(environment: string | undefined) {
  return useQuery({
    queryKey: [PROMOTIONS_KEY, 'calendar', environment ?? ''],
    queryFn: environment
      ? ({ signal }): Promise<Calendar> =>
          consoleClient.call(GetCalendar, { params: { environment }, query: { days: DAYS }, signal })
      : skipToken,
    placeholderData: keepPreviousData,
  });
}

/** Closes an environment from now on. */
export function useDeclareFreeze(environment: string) {
  return useMutation({
    mutationFn: ({ reason, endsAt }: { readonly reason: string; readonly endsAt: string | undefined }) =>
      consoleClient.call(DeclareFreeze, { body: { environment, reason, endsAt } }),
    onSuccess: refreshPromotions,
  });
}

/** Ends a freeze. */
export function useLiftFreeze(freezeId: string) {
  return useMutation({
    mutationFn: (why: string | undefined) => consoleClient.call(LiftFreeze, { params: { freezeId }, body: { why } }),
    onSuccess: refreshPromotions,
  });
}
