// Which environment each request of a person is about: one table. A route that is not in it needs its permission in every
// environment, and a test says that its line is missing.

/** What has an environment and is named by its id. */
export type OwnedKind = 'run' | 'attempt' | 'schedule' | 'promotion' | 'signOff' | 'freeze';

/** Where the environment of a request stands. */
export type RoutePlace =
  /** The permission is needed in every environment, also in those that come. */
  | 'every'
  /** It concerns no environment: somewhere is enough. */
  | 'some'
  /** In this part of the request, as `environment`. */
  | 'params'
  | 'body'
  /** In the query, as `environment`; absent: it lists several, and those of other environments are left out. */
  | 'query'
  /** It lists several; what says by this field that it is of another environment is left out. */
  | { readonly listed: 'environment' | 'name' }
  /** That of what a parameter names. */
  | { readonly kind: OwnedKind; readonly param: string };

const LISTED = { listed: 'environment' } as const;
const RUN = { kind: 'run', param: 'runId' } as const;
const ATTEMPT = { kind: 'attempt', param: 'attemptId' } as const;
const SCHEDULE = { kind: 'schedule', param: 'scheduleId' } as const;
const PROMOTION = { kind: 'promotion', param: 'promotionId' } as const;

export const ROUTE_PLACES: Readonly<Record<string, RoutePlace>> = {
  'GET /api/access': 'some',
  'PUT /api/access': 'every',
  'GET /api/tokens': 'every',
  'POST /api/tokens': 'every',
  'POST /api/tokens/:tokenId/revoke': 'every',
  'POST /api/people/:name/revoke': 'every',
  'GET /api/environments': { listed: 'name' },
  'PUT /api/environments': 'every',
  'GET /api/environments/:environment/configuration': 'params',
  'GET /api/datakits': LISTED,
  // Numbers of all environments.
  'GET /metrics': 'every',
  'GET /api/notifications': 'query',
  'GET /api/pipelines': 'query',
  'GET /api/pools': 'query',
  'PUT /api/environments/:environment/pools/:name': 'params',
  'GET /api/schedules': 'query',
  'GET /api/schedules/:scheduleId/slots': SCHEDULE,
  'POST /api/schedules/:scheduleId/pause': SCHEDULE,
  'POST /api/schedules/:scheduleId/resume': SCHEDULE,
  'POST /api/schedules/:scheduleId/run': SCHEDULE,
  // A release is a project's: it is of no environment until it is promoted.
  'POST /api/releases': 'some',
  'GET /api/releases': 'some',
  'GET /api/releases/:releaseId': 'some',
  'GET /api/releases/:releaseId/differences': 'some',
  'PUT /api/releases/bundles/:hash': 'some',
  'POST /api/promotions': 'body',
  'POST /api/promotions/plan': 'body',
  'GET /api/promotions': 'query',
  'GET /api/promotions/:promotionId': PROMOTION,
  'GET /api/promotions/:promotionId/deploy-plans': PROMOTION,
  'POST /api/promotions/:promotionId/deploy-plan/sign-offs': PROMOTION,
  'POST /api/promotions/:promotionId/abort': PROMOTION,
  'POST /api/environments/:environment/rollback': 'params',
  'GET /api/environments/:environment/rollback': 'params',
  'POST /api/promotions/:promotionId/retry': PROMOTION,
  'GET /api/evidence': 'query',
  'POST /api/evidence/sources/:source/test': 'body',
  'GET /api/board': LISTED,
  'POST /api/sign-offs': 'body',
  'DELETE /api/sign-offs/:signOffId': { kind: 'signOff', param: 'signOffId' },
  'POST /api/sign-offs/:signOffId/lift': { kind: 'signOff', param: 'signOffId' },
  'GET /api/sign-offs': 'query',
  'POST /api/freezes': 'body',
  'POST /api/freezes/:freezeId/lift': { kind: 'freeze', param: 'freezeId' },
  'GET /api/environments/:environment/calendar': 'params',
  'GET /api/environments/:environment/calendar.ics': 'params',
  // It tells of promotions into all environments.
  'POST /api/policy/replay': 'every',
  'GET /api/policy': 'some',
  'PUT /api/policy': 'every',
  'POST /api/runs': 'body',
  'GET /api/runs': 'query',
  'GET /api/runs/:runId': RUN,
  'GET /api/environments/:environment/runs/:number': 'params',
  'POST /api/runs/:runId/cancel': RUN,
  'POST /api/runs/:runId/rerun': RUN,
  'POST /api/attempts/:attemptId/give-up': ATTEMPT,
  'GET /api/attempts/:attemptId/log': ATTEMPT,
  'GET /api/audit': 'query',
  'GET /api/audit/status': 'some',
  // A chain can't be verified with links left out.
  'GET /api/audit/export': 'every',
  'GET /api/events': LISTED,
};

/** The place of a route. */
export function placeOf({ method, path }: { readonly method: string; readonly path: string }): RoutePlace {
  return ROUTE_PLACES[`${method} ${path}`] ?? 'every';
}
