// What an event makes old is asked again; lists of runs have their own way.
import { SESSION_KEY } from '../client/console-client.ts';
import { queryClient } from '../client/query-client.ts';
import { AUDIT_KEY, BOARD_KEY, RUNS_KEY } from '../client/query-keys.ts';
import { refreshInTurn } from '../client/refresh-in-turn.ts';
import { refreshRuns } from '../features/runs/refresh-runs.ts';

/** An entry of the audit is linked, and so shown, within a second after its event. */
const AUDIT_LINKED_MS = 1500;
/** A board of 1,000 cells is asked for again at most once in this time, however many runs go on. */
const BOARD_PAUSE_MS = 1000;

/** Asks again for every shown answer under a key prefix; the empty prefix means all. */
export function refreshAnswers(key: readonly string[]): void {
  const isAll = key.length === 0;
  if (isAll || key[0] === RUNS_KEY) void refreshInTurn(RUNS_KEY, refreshRuns);
  if (key[0] === RUNS_KEY) return;
  if (key[0] === AUDIT_KEY) window.setTimeout(() => refreshKey(key), AUDIT_LINKED_MS);
  else refreshKey(key);
}

function refreshKey(key: readonly string[]): void {
  const ask = (): Promise<void> =>
    queryClient.invalidateQueries({
      queryKey: key,
      // The session does not change by events; asking for it again would blink a form away when it fails.
      predicate: ({ queryKey, meta }) =>
        queryKey[0] !== SESSION_KEY[0] && queryKey[0] !== RUNS_KEY && meta?.isLocal !== true,
    });
  const pauseMs = key[0] === BOARD_KEY ? BOARD_PAUSE_MS : 0;
  void refreshInTurn(key.join('/'), () => ask().then(() => pause(pauseMs)));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve, ms));
}

/** Asks again who is signed in. */
export function refreshSession(): void {
  void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
}
