// One GET to a service that may be slow, gone, full, or somebody else. Certificates are verified as Node does it; redirects are not
// followed, so that a credential goes where it was declared to go.
import type { z } from 'zod';
import { EvidenceRefusal } from '../evidence-source.ts';
import { readRetryAfterSeconds } from './read-retry-after.ts';

/** A request, complete. */
export interface JsonRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly nowMs: number;
}

/** What came back. */
export interface JsonAnswer<T> {
  readonly body: T;
  readonly text: string;
  readonly headers: Headers;
}

/** A page of 500 problems has some hundred KiB. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Asks, and reads the answer by a schema. @throws EvidenceRefusal */
export async function askJson<S extends z.ZodType>(schema: S, request: JsonRequest): Promise<JsonAnswer<z.output<S>>> {
  const { url, headers, signal, nowMs } = request;
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', 'user-agent': 'towpath', ...headers },
      redirect: 'manual',
      signal,
    });
    await refuseStatus(response, nowMs);
    const text = await readBounded(response);
    const parsed = schema.safeParse(parseJson(text));
    if (!parsed.success) throw new EvidenceRefusal('ANSWER_INVALID', describeIssue(parsed.error));
    return { body: parsed.data, text, headers: response.headers };
  } catch (thrown) {
    throw translate(thrown, signal);
  }
}

async function refuseStatus(response: Response, nowMs: number): Promise<void> {
  if (response.ok) return;
  await response.body?.cancel();
  throw toRefusal(response, nowMs);
}

function toRefusal({ status, headers }: Response, nowMs: number): EvidenceRefusal {
  const detail = `(HTTP ${status})`;
  const retryAfter = readRetryAfterSeconds(headers, nowMs);
  if (status === 429 || (status === 403 && retryAfter !== null))
    return new EvidenceRefusal('RATE_LIMITED', detail, retryAfter);
  if (status >= 300 && status < 400) return new EvidenceRefusal('REDIRECTED', detail);
  if (status === 401) return new EvidenceRefusal('CREDENTIAL_REFUSED', detail);
  if (status === 403) return new EvidenceRefusal('FORBIDDEN', detail);
  if (status === 404) return new EvidenceRefusal('NOT_FOUND', detail);
  return new EvidenceRefusal('HTTP_ERROR', detail, retryAfter);
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (size > MAX_BYTES) throw new EvidenceRefusal('TOO_LARGE', `More than ${MAX_BYTES / 1024 / 1024} MiB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new EvidenceRefusal('ANSWER_INVALID', 'It is no JSON.');
  }
}

function describeIssue({ issues: [issue] }: z.ZodError): string {
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}.` : '';
}

function translate(thrown: unknown, signal: AbortSignal): unknown {
  if (thrown instanceof EvidenceRefusal) return thrown;
  if (signal.aborted) return new EvidenceRefusal('TIMED_OUT');
  return new EvidenceRefusal('UNREACHABLE', `(${toCode(thrown)})`);
}

// The message of the error may quote address and headers; its code does not.
function toCode(thrown: unknown): string {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
}
