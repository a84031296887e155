// The API of a Kubernetes cluster (1.27 and later), as far as attempts need it. Node's own client: a dozen requests need no more,
// see ADR 0014.
import type { IncomingMessage } from 'node:http';
import { Agent, request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';
import { readApiMessage } from '@towpath/core';
import type { ApiAccess, ApiCredentials } from './api-access.ts';

/** One request. Paths begin with `/`. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON; with PATCH as a strategic merge. */
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

export interface KubernetesApi {
  /** The parsed JSON of an answer. @throws ApiError */
  send(request: ApiRequest): Promise<unknown>;
  /** The answer as a stream, which the caller reads or destroys. @throws ApiError */
  open(request: ApiRequest): Promise<IncomingMessage>;
  /** Ends connections that are kept open. */
  close(): void;
}

/** What an API server said no to, or that it could not be asked. */
export class ApiError extends Error {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  constructor(message: string, status: number | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'ApiError';
    this.status = status;
  }
}

/** No answer, or one that says "later": it is away, starts again, or can't reach what it asks itself. What was asked may have happened. */
export function isApiAway(thrown: unknown): boolean {
  return thrown instanceof ApiError && (thrown.status === undefined || thrown.status === 429 || thrown.status >= 500);
}

/** The API server said so. */
export function hasStatus(thrown: unknown, status: number): boolean {
  return thrown instanceof ApiError && thrown.status === status;
}

/** Until an answer begins, and between two parts of a short one: an API server gives up its own work after 60 s. */
const ANSWER_MS = 65_000;

/**
 * After the last request without an answer: an API server that starts refuses what it allows until it has read its roles and
 * accounts, which takes seconds. Believed at once, that would cost an attempt its start or its cancelling.
 */
const UNSURE_MS = 60_000;

/** Opens no connection before something is asked. */
export function createKubernetesApi(access: ApiAccess): KubernetesApi {
  const agent = new Agent({ keepAlive: true, ...access.tls });
  let awayAt = Number.NEGATIVE_INFINITY;
  const ask = async (request: ApiRequest, isRefused: boolean): Promise<IncomingMessage> => {
    const credentials = await access.getCredentials(isRefused);
    return await dial(access, agent, { request, credentials }).catch((thrown: unknown) => {
      if (request.signal?.aborted !== true) awayAt = performance.now();
      throw thrown;
    });
  };
  const open = async (request: ApiRequest): Promise<IncomingMessage> => {
    let response = await ask(request, false);
    if (response.statusCode === 401) {
      response.resume();
      response = await ask(request, true);
    }
    return await refuseFailure(response, performance.now() - awayAt < UNSURE_MS);
  };
  return {
    open,
    send: async (request) => {
      const response = await open(request);
      const body = await text(response).catch((thrown: unknown) => {
        throw toAway(thrown);
      });
      return JSON.parse(body);
    },
    close: () => agent.destroy(),
  };
}

interface Dialled {
  readonly request: ApiRequest;
  readonly credentials: ApiCredentials;
}

function dial({ server }: ApiAccess, agent: Agent, { request, credentials }: Dialled): Promise<IncomingMessage> {
  const { token, cert, key } = credentials;
  const bytes = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
  return new Promise((resolve, reject) => {
    const sent = requestTls({
      ...{ agent, cert, key, host: server.hostname.replace(/^\[(.*)\]$/, '$1'), port: server.port || 443 },
      method: request.method,
      path: toPath(server, request),
      headers: { accept: 'application/json', ...toAuthorization(token), ...contentHeaders(request, bytes) },
      signal: request.signal,
    });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS);
    const settle =
      <T>(act: (value: T) => void) =>
      (value: T) => {
        clearTimeout(timer);
        act(value);
      };
    sent.once('response', settle(resolve));
    sent.once(
      'error',
      settle((thrown) => reject(toAway(thrown))),
    );
    sent.end(bytes);
  });
}

function toPath(server: URL, { path, query }: ApiRequest): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(pairs);
  return `${server.pathname.replace(/\/$/, '')}${path}${search.size > 0 ? `?${search}` : ''}`;
}

function toAuthorization(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function contentHeaders({ method }: ApiRequest, bytes: Buffer | undefined): Readonly<Record<string, string>> {
  if (bytes === undefined) return {};
  const type = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json';
  return { 'content-type': type, 'content-length': String(bytes.length) };
}

/** `isUnsure`: who was away a moment ago may refuse what it allows; that is no answer. */
async function refuseFailure(response: IncomingMessage, isUnsure: boolean): Promise<IncomingMessage> {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return response;
  const body = await text(response).catch(() => '');
  const isNoAnswer = isUnsure && (status === 401 || status === 403);
  throw new ApiError(readApiMessage(body) ?? `HTTP status ${status}`, isNoAnswer ? undefined : status);
}

/** What a broken connection throws, as an API server that is away. */
export function toAway(thrown: unknown): ApiError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError(`The Kubernetes API server does not answer: ${message}`, undefined, thrown);
}
