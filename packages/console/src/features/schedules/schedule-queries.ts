import { keepPreviousData, queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { ListSchedules, PauseSchedule, ResumeSchedule, RunScheduleNow, type ScheduleView } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { queryClient } from '../../client/query-client.ts';
import { RUNS_KEY, SCHEDULES_KEY } from '../../client/query-keys.ts';
import { useIsEnvironmentSettled } from '../environments/environment-queries.ts';

/** Schedules with their next and last slots; of one environment when it is known. */
function schedulesOptions(environment: string | undefined) {
  return queryOptions({
    queryKey: [SCHEDULES_KEY, environment ?? ''],
    queryFn: async ({ signal }): Promise<readonly ScheduleView[]> =>
      (await consoleClient.call(ListSchedules, { query: { environment }, signal })).schedules,
    placeholderData: keepPreviousData,
  });
}

/** Schedules of an environment. */
export function useSchedules(environment: string | undefined) {
  return useQuery({ ...schedulesOptions(environment), enabled: useIsEnvironmentSettled() });
}

/** Lets no slot start a run until it is resumed. */
export function usePauseSchedule(scheduleId: string) {
  return useMutation({
    mutationFn: (note: string | undefined) =>
      consoleClient.call(PauseSchedule, { params: { scheduleId }, body: { note } }),
    onSuccess: refresh,
  });
}

/** Lets a schedule tick again. */
export function useResumeSchedule(scheduleId: string) {
  return useMutation({
    mutationFn: () => consoleClient.call(ResumeSchedule, { params: { scheduleId }, body: {} }),
    onSuccess: refresh,
  });
}

/** Plans a run that stands for this moment; its reply is the run. */
export function useRunScheduleNow(scheduleId: string) {
  return useMutation({
    mutationFn: (note: string | undefined) =>
      consoleClient.call(RunScheduleNow, { params: { scheduleId }, body: { note } }),
    onSuccess: refresh,
  });
}

/** The event of the change comes too, but a person who clicked should not wait for it. */
async function refresh(): Promise<void> {
  await Promise.all([RUNS_KEY, SCHEDULES_KEY].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
}
