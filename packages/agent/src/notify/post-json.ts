// One POST to a receiver that may be slow, gone, or full.
import { SinkRefusal } from './notification-sink.ts';

/** A request, complete. */
export interface JsonPost {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Sends it; any status of the 200s is an acceptance. Redirects are not followed: an alert goes where it was declared to go.
 *
 * @throws SinkRefusal `HTTP_<status>`, `UNREACHABLE`, `TIMED_OUT`, `ADDRESS_INVALID`
 */
export async function postJson({ url, body, headers, signal }: JsonPost): Promise<void> {
  const address = parseAddress(url);
  const request = { method: 'POST', body, redirect: 'manual' as const, signal };
  const response = await fetch(address, {
    ...request,
    headers: { 'content-type': 'application/json', ...headers },
  }).catch((thrown: unknown) => {
    // The cause would quote the address.
    throw new SinkRefusal(signal.aborted ? 'TIMED_OUT' : 'UNREACHABLE', null, { cause: toCode(thrown) });
  });
  await response.body?.cancel();
  if (!response.ok)
    throw new SinkRefusal(`HTTP_${response.status}`, readRetryAfter(response.headers.get('retry-after')));
}

function parseAddress(url: string): URL {
  const address = URL.parse(url);
  if (address?.protocol === 'https:' || address?.protocol === 'http:') return address;
  throw new SinkRefusal('ADDRESS_INVALID');
}

function toCode(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}

/** Seconds from now; the header holds them, or a date (RFC 9110, section 10.2.3). Null: there is none that makes sense. */
export function readRetryAfter(header: string | null): number | null {
  if (header === null) return null;
  const text = header.trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  if (!Number.isFinite(seconds)) return null;
  return Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_SECONDS);
}

/** What the server takes. */
const MAX_RETRY_AFTER_SECONDS = 86_400;
