// One HTTP exchange with a provider: bounded in time and size, never redirected (a redirect would carry the token to
// whoever is named), with the provider's own authority where a company has one.
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type SecretFailure, secretReplyInvalid, secretUnreachable } from './secret-errors.ts';

export interface ProviderRequest {
  /** Who is asked, in messages. */
  readonly provider: string;
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates (PEM) that are trusted instead of the usual ones. */
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

export interface ProviderReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** From `Retry-After` in seconds. */
  readonly retryAfterMs: number | undefined;
}

/** A Kubernetes Secret of 1 MiB is 1.4 MiB in JSON; a file field of Secret Server may have a few. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * Sends it and reads the reply, whatever its status.
 *
 * @throws SecretFailure `SECRET_PROVIDER_UNREACHABLE`; `SECRET_REPLY_INVALID` when the reply is larger than 8 MiB
 */
export async function sendRequest(request: ProviderRequest): Promise<ProviderReply> {
  return new Promise((resolve, reject) => {
    const send = request.url.protocol === 'https:' ? requestHttps : requestHttp;
    const { method, headers = {}, signal, ca } = request;
    // A connection of its own: fetches are minutes apart, and a kept one may be dead when it is needed.
    const options = { method, headers, signal, agent: false, ...(ca === undefined ? {} : { ca }) } as const;
    const fail = (thrown: unknown) => reject(toFailure(request, thrown));
    const sent = send(request.url, options, (reply) => {
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      reply.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        sizeBytes += chunk.length;
        if (sizeBytes > MAX_BODY_BYTES) sent.destroy(secretReplyInvalid(request.provider, 'It is larger than 8 MiB.'));
      });
      reply.on('error', fail);
      reply.on('end', () => resolve(toReply(reply, Buffer.concat(chunks))));
    });
    sent.on('error', fail);
    sent.end(request.body);
  });
}

interface ReplyHead {
  readonly statusCode?: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

function toReply({ statusCode = 0, headers }: ReplyHead, body: Buffer): ProviderReply {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return {
    status: statusCode,
    contentType: String(headers['content-type'] ?? ''),
    body,
    retryAfterMs: seconds >= 0 ? seconds * 1000 : undefined,
  };
}

/** The failure of replies that say nothing about the secret: 429 and 5xx; undefined for others. */
export function findOutage(provider: string, { status, retryAfterMs }: ProviderReply): SecretFailure | undefined {
  if (status !== 429 && status < 500) return undefined;
  return secretUnreachable(provider, `It answered with status ${status}.`, retryAfterMs);
}

/** Reads JSON; undefined when it is something else, for its parser quotes what it reads. */
export function parseReply({ body }: ProviderReply): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function toFailure({ provider, url, signal }: ProviderRequest, thrown: unknown): unknown {
  if (thrown instanceof Error && thrown.name === 'SecretFailure') return thrown;
  if (signal.aborted) return secretUnreachable(provider, `${url.host} did not answer in time.`);
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';
  return secretUnreachable(provider, `The connection to ${url.host} failed (${code}).`);
}
