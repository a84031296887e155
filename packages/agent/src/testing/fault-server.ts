// An HTTP server, on loopback unless told otherwise, that answers as a provider does, until it is told to fail in one of the ways networks,
// proxies and servers fail.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from '@towpath/testkit';

/**
 * `silent` never answers, `cut` ends the connection within the body, `page` is a page of HTML with status 200, `truncated`
 * a complete reply whose JSON ends early.
 */
export type Fault = 'silent' | 'cut' | 'busy' | 'server-error' | 'page' | 'truncated';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FaultServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** From now on; undefined: answers again. `quoted` stands in what is answered, as secrets would. */
  setFault(fault: Fault | undefined, quoted?: string): void;
  close(): Promise<void>;
}

/** Starts it; with a certificate it speaks TLS. */
export async function startFaultServer(
  answer: (request: ReceivedRequest) => Answer | Promise<Answer>,
  tls?: TestCertificate,
  host = '127.0.0.1',
): Promise<FaultServer> {
  const requests: ReceivedRequest[] = [];
  let current: { readonly fault: Fault; readonly quoted: string } | undefined;
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await receive(incoming);
    requests.push(request);
    if (current !== undefined) fail(current.fault, current.quoted, response);
    else send(response, await answer(request));
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    serve(incoming, response).catch((thrown) => send(response, { status: 500, body: String(thrown) }));
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  return {
    url: `${tls ? 'https' : 'http'}://${host}:${isAddress(address) ? address.port : 0}`,
    requests,
    setFault: (fault, quoted = '') => {
      current = fault && { fault, quoted };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const { method = '', url = '/', headers } = incoming;
  return { method, url: new URL(url, 'http://stub'), headers, body: Buffer.concat(chunks).toString('utf8') };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

function fail(fault: Fault, quoted: string, response: ServerResponse): void {
  const json = JSON.stringify({ message: quoted, value: quoted });
  const page = { 'content-type': 'text/html; charset=utf-8' };
  const answers: Partial<Record<Fault, Answer>> = {
    busy: { status: 429, body: json, headers: { 'retry-after': '30' } },
    'server-error': { status: 503, body: json },
    page: { status: 200, body: `<!DOCTYPE html><title>${quoted}</title>`, headers: page },
    truncated: { status: 200, body: json.slice(0, -3) },
  };
  const answer = answers[fault];
  if (answer !== undefined) send(response, answer);
  if (fault !== 'cut') return;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write(json, () => response.destroy());
}
