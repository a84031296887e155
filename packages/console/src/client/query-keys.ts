// Names of the cached answers, by what makes them change: an event names a prefix, and everything below is asked again.
export const RUNS_KEY = 'runs';
export const RUN_KEY = 'run';
export const PIPELINES_KEY = 'pipelines';
export const ENVIRONMENTS_KEY = 'environments';
export const SCHEDULES_KEY = 'schedules';
export const POOLS_KEY = 'pools';
export const AUDIT_KEY = 'audit';
export const DATAKITS_KEY = 'datakits';
export const BOARD_KEY = 'board';
/** Promotions, sign-offs, releases, calendars and the policy. */
export const PROMOTIONS_KEY = 'promotions';
export const NOTIFICATIONS_KEY = 'notifications';
