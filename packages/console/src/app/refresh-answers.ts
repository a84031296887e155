// What an event makes old is asked again; lists of runs have their own way.
import { SESSION_KEY } from '../client/console-client.ts';
import { queryClient } from '../client/query-client.ts';
import { RUNS_KEY } from '../client/query-keys.ts';
import { refreshRuns } from '../features/runs/refresh-runs.ts';

/** Asks again for every shown answer under a key prefix; the empty prefix means all. */
export function refreshAnswers(key: readonly string[]): void {
  const isAll = key.length === 0;
  if (isAll || key[0] === RUNS_KEY) void refreshRuns();
  if (key[0] === RUNS_KEY) return;
  void queryClient.invalidateQueries({
    queryKey: key,
    // The session does not change by events; asking for it again would blink a form away when it fails.
    predicate: ({ queryKey, meta }) =>
      queryKey[0] !== SESSION_KEY[0] && queryKey[0] !== RUNS_KEY && meta?.isLocal !== true,
  });
}

/** Asks again who is signed in. */
export function refreshSession(): void {
  void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
}
