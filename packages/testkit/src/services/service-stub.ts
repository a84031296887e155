// A server that stands for somebody else's: it answers as the service does, or fails in one of the ways in which services fail.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** How it fails: by a status, or as named. */
export type ServiceFault =
  | number
  /** Takes the question and says nothing. */
  | 'silent'
  /** Begins an answer and never ends it. */
  | 'endless-wait'
  /** Never stops sending. */
  | 'flood'
  /** A page for people, with status 200. */
  | 'page'
  /** JSON of another shape. */
  | 'other-json'
  | 'cut'
  /** Sends to where `redirectTo` says. */
  | 'redirect';

/** A question as it came. */
export interface ServiceRequest {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
}

/** An answer. */
export interface ServiceReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a stub is made of. */
export interface ServiceStubOptions {
  readonly answer: (request: ServiceRequest) => ServiceReply;
  /** With it the stub speaks TLS. */
  readonly certificate?: { readonly key: string; readonly cert: string } | undefined;
}

/** A running stub. */
export interface ServiceStub {
  readonly url: string;
  /** All questions, oldest first. */
  readonly requests: readonly ServiceRequest[];
  /** From now on it fails so; undefined: it works. `headers` go along with a status. */
  fail(fault: ServiceFault | undefined, headers?: Readonly<Record<string, string>>): void;
  redirectTo(url: string): void;
  close(): Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const PAGE = '<!doctype html><title>Your instance is hibernating</title>';
const FLOOD = 'x'.repeat(64 * 1024);

/** Starts one on loopback. */
export async function startServiceStub({ answer, certificate }: ServiceStubOptions): Promise<ServiceStub> {
  const requests: ServiceRequest[] = [];
  let fault: { readonly kind: ServiceFault; readonly headers: Readonly<Record<string, string>> } | undefined;
  let target = 'http://127.0.0.1:9/';
  const listener: RequestListener = (request, response) => {
    const asked = { url: new URL(request.url ?? '/', 'http://stub'), headers: request.headers };
    requests.push(asked);
    if (fault === undefined) send(response, answer(asked));
    else failAs(response, fault.kind, fault.kind === 'redirect' ? { location: target } : fault.headers);
  };
  const server = certificate ? createSecureServer(certificate, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // What listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    fail: (kind, headers = {}) => {
      fault = kind === undefined ? undefined : { kind, headers };
    },
    redirectTo: (url) => {
      target = url;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: ServiceReply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function failAs(response: ServerResponse, fault: ServiceFault, headers: Readonly<Record<string, string>>): void {
  if (typeof fault === 'number') send(response, { status: fault, headers, body: { error: 'as told' } });
  else FAULTS[fault](response, headers);
}

type Fail = (response: ServerResponse, headers: Readonly<Record<string, string>>) => void;

const FAULTS: Readonly<Record<Exclude<ServiceFault, number>, Fail>> = {
  silent: () => undefined,
  'endless-wait': (response) => {
    response.writeHead(200, JSON_TYPE).write('{"result": [');
  },
  flood: (response) => flood(response.writeHead(200, JSON_TYPE)),
  page: (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
  },
  'other-json': (response) => send(response, { body: 7 }),
  cut: (response) => {
    response.writeHead(200, JSON_TYPE).write('{"result": [', () => response.destroy());
  },
  redirect: (response, headers) => send(response, { status: 302, headers, body: {} }),
};

function flood(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(FLOOD));
  };
  response.on('drain', more);
  more();
}
