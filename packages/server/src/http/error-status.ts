// Code → HTTP status, in one place. A code that is not here is the server's own failure.
const STATUS: Readonly<Record<string, number>> = {
  REQUEST_INVALID: 400,
  AUTHENTICATION_REQUIRED: 401,
  LINK_INVALID: 401,
  PERMISSION_DENIED: 403,
  CSRF_REFUSED: 403,
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  ROUTE_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
  PIPELINE_UNKNOWN: 404,
  ENVIRONMENT_UNKNOWN: 404,
  ATTEMPT_UNKNOWN: 404,
  SESSION_UNKNOWN: 404,
  SESSION_ENDED: 409,
  ATTEMPT_STALE: 409,
  ATTEMPT_ENDED: 409,
  LOG_OFFSET_WRONG: 409,
  LOG_INCOMPLETE: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  GRAPH_INVALID: 422,
  DATABASE_UNAVAILABLE: 503,
  SERVER_CLOSING: 503,
};

/** HTTP status of an error code; 500 for what we don't know. */
export function statusOf(code: string): number {
  return STATUS[code] ?? 500;
}
