// The HTTP API of a Docker engine (1.41, that is Docker 20.10, and later), as far as attempts need it. Node's own client: a
// dozen endpoints need no more, see ADR 0012.
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { readApiMessage } from '@towpath/core';
import type { EngineAddress } from './engine-address.ts';

/** One request. Paths begin with `/` and carry no version. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; bytes and streams as a tar archive. */
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

export interface DockerEngine {
  /** The parsed JSON of an answer; undefined when it has no body. @throws EngineError */
  send(request: EngineRequest): Promise<unknown>;
  /** The answer as a stream, which the caller reads or destroys. @throws EngineError */
  open(request: EngineRequest): Promise<IncomingMessage>;
}

/** What an engine said no to, or that it could not be asked. */
export class EngineError extends Error {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  constructor(message: string, status: number | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'EngineError';
    this.status = status;
  }
}

/** The engine did not answer: it is away, starts again, or the connection broke. What was asked may have happened. */
export function isEngineAway(thrown: unknown): boolean {
  return thrown instanceof EngineError && thrown.status === undefined;
}

/** The engine said so. */
export function hasStatus(thrown: unknown, status: number): boolean {
  return thrown instanceof EngineError && thrown.status === status;
}

const API_VERSION = 'v1.41';

/** Opens no connection before something is asked. */
export function createDockerEngine(address: EngineAddress): DockerEngine {
  const open = (request: EngineRequest): Promise<IncomingMessage> => dial(address, request);
  return {
    open,
    send: async (request) => {
      const response = await open(request);
      const body = await text(response).catch((thrown: unknown) => {
        throw toAway(thrown);
      });
      return body === '' ? undefined : JSON.parse(body);
    },
  };
}

async function dial(address: EngineAddress, request: EngineRequest): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = createRequest(address, request);
    sent.once('response', resolve);
    sent.once('error', (thrown) => reject(toAway(thrown)));
    sendBody(sent, request.body, (thrown) => reject(thrown));
  });
  const status = response.statusCode ?? 0;
  // 304: it is so already.
  if ((status >= 200 && status < 300) || status === 304) return response;
  const body = await text(response).catch(() => '');
  throw new EngineError(readApiMessage(body) ?? `HTTP status ${status}`, status);
}

function createRequest(address: EngineAddress, request: EngineRequest): ClientRequest {
  const query = new URLSearchParams(
    Object.entries(request.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const options = {
    method: request.method,
    path: `/${API_VERSION}${request.path}${query.size > 0 ? `?${query}` : ''}`,
    headers: { host: 'docker', ...contentHeaders(request.body), ...request.headers },
    signal: request.signal,
  };
  if (address.kind === 'socket') return requestPlain({ ...options, socketPath: address.path });
  const { host, port, tls } = address;
  return tls === undefined ? requestPlain({ ...options, host, port }) : requestTls({ ...options, ...tls, host, port });
}

/** What a stream fails with is told; a request that fails ends the stream. */
function sendBody(sent: ClientRequest, body: object | undefined, fail: (thrown: unknown) => void): void {
  if (body instanceof Readable) pipeline(body, sent).catch(fail);
  else sent.end(toBytes(body));
}

function contentHeaders(body: object | undefined): Readonly<Record<string, string>> {
  if (body instanceof Readable) return { 'content-type': 'application/x-tar' };
  const bytes = toBytes(body);
  if (bytes === undefined) return {};
  const type = body instanceof Uint8Array ? 'application/x-tar' : 'application/json';
  return { 'content-type': type, 'content-length': String(bytes.length) };
}

function toBytes(body: object | undefined): Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body;
  return Buffer.from(JSON.stringify(body));
}

/** What a broken connection throws, as an engine that is away. */
export function toAway(thrown: unknown): EngineError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new EngineError(`The Docker engine does not answer: ${message}`, undefined, thrown);
}
