// Which cached answers an event makes old.
import type { EventView } from '@towpath/api';
import {
  AUDIT_KEY,
  BOARD_KEY,
  DATAKITS_KEY,
  ENVIRONMENTS_KEY,
  NOTIFICATIONS_KEY,
  PIPELINES_KEY,
  POOLS_KEY,
  PROMOTIONS_KEY,
  RUN_KEY,
  RUNS_KEY,
  SCHEDULES_KEY,
} from './query-keys.ts';

type Change = Pick<EventView, 'kind' | 'runId'>;

/** Key prefixes to ask again after these events, each once. Logs are not among them: a log follows itself. */
export function planRefresh(events: readonly Change[]): readonly (readonly string[])[] {
  const keys = new Map(events.flatMap(keysOf).map((key) => [key.join('/'), key]));
  return [...keys.values()];
}

function keysOf({ kind, runId }: Change): readonly (readonly string[])[] {
  const run = runId ? [[RUN_KEY, runId]] : [];
  switch (kind) {
    case 'run.planned':
    case 'run.changed':
      return [
        [RUNS_KEY],
        [DATAKITS_KEY],
        [PIPELINES_KEY],
        [SCHEDULES_KEY],
        [POOLS_KEY],
        [AUDIT_KEY],
        [BOARD_KEY],
        // Of an open page: a rollback says how its full refresh goes.
        [PROMOTIONS_KEY, 'one'],
        ...run,
      ];
    case 'attempt.changed':
      return [[RUNS_KEY], [POOLS_KEY], ...run];
    case 'code.registered':
      return [[PIPELINES_KEY], [SCHEDULES_KEY], [POOLS_KEY], [BOARD_KEY]];
    case 'schedule.changed':
      return [[SCHEDULES_KEY], [AUDIT_KEY]];
    case 'notification.changed':
      return [[NOTIFICATIONS_KEY]];
    case 'agent.changed':
      return [[ENVIRONMENTS_KEY], [DATAKITS_KEY], [AUDIT_KEY], [BOARD_KEY]];
    case 'environment.changed':
      return [[ENVIRONMENTS_KEY], [DATAKITS_KEY], [AUDIT_KEY], [BOARD_KEY], [PROMOTIONS_KEY]];
    case 'log.appended':
      return [];
  }
}
