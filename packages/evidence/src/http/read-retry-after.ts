/** What a header may say at most: somebody who lets go of a promotion for a day would have to be told. */
const MAX_SECONDS = 3600;

/**
 * How long a service that was asked too often wants to be left alone: `Retry-After` (RFC 9110: seconds, or a date), or GitHub's
 * `x-ratelimit-reset` (seconds since 1970) once nothing remains. Null: it doesn't say.
 */
export function readRetryAfterSeconds(headers: Headers, nowMs: number): number | null {
  const retryAfter = headers.get('retry-after')?.trim();
  if (retryAfter !== undefined && retryAfter !== '')
    return bound(/^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - nowMs) / 1000);
  if (headers.get('x-ratelimit-remaining') !== '0') return null;
  return bound(Number(headers.get('x-ratelimit-reset') ?? Number.NaN) - nowMs / 1000);
}

function bound(seconds: number): number | null {
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 0), MAX_SECONDS) : null;
}
