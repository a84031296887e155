// One HTTP request to a registry, redirects followed. Node's own client: bodies are streams of known length, and early answers matter.
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { registryUnreachable } from './registry-error.ts';
import { isLoopbackHost } from './registry-location.ts';

export interface DialRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called anew for each try. */
  readonly body?: RequestBody | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RequestBody {
  readonly size: number;
  open(): Promise<Readable> | Readable;
}

/** Between two bytes: a registry that stores a large blob on slow disks may be quiet for long. */
const IDLE_MS = 120_000;

/** Registries send blobs from a store elsewhere; more than one step is unusual, a circle is a fault. */
const REDIRECTS = 5;

/** The answer, whatever its status; the caller reads or destroys it. @throws TowpathError `REGISTRY_UNREACHABLE`, and what the body throws */
export async function dial(request: DialRequest): Promise<IncomingMessage> {
  let current = request;
  for (let step = 0; ; step += 1) {
    const response = await sendOnce(current);
    const { location } = response.headers;
    const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0) && location !== undefined;
    if (!isRedirect || (request.method !== 'GET' && request.method !== 'HEAD') || step === REDIRECTS) return response;
    response.destroy();
    current = { ...current, ...redirect(current, location) };
  }
}

/** Credentials stay with the host that they are for. */
function redirect({ url, headers = {} }: DialRequest, location: string): Pick<DialRequest, 'url' | 'headers'> {
  const target = new URL(location, url);
  if (target.protocol !== 'https:' && !isLoopbackHost(target.hostname))
    throw registryUnreachable(url, new Error(`it redirects to ${target.origin}, which is not encrypted`));
  const { authorization, ...others } = headers;
  return { url: target, headers: target.origin === url.origin ? headers : others };
}

async function sendOnce(request: DialRequest): Promise<IncomingMessage> {
  const body = await request.body?.open();
  const sent = createRequest(request);
  return await new Promise<IncomingMessage>((resolve, reject) => {
    let bodyFailure: unknown;
    sent.once('response', resolve);
    sent.once('error', (thrown) => {
      if (bodyFailure !== undefined) reject(bodyFailure);
      else reject(request.signal?.aborted ? request.signal.reason : registryUnreachable(request.url, thrown));
    });
    sent.setTimeout(IDLE_MS, () => sent.destroy(new Error('no answer in time')));
    if (body === undefined) return sent.end();
    body.once('error', (thrown) => {
      bodyFailure = thrown;
    });
    // After an early answer the rest is not sent: that answer counts.
    pipeline(body, sent).catch((thrown: unknown) => reject(bodyFailure ?? registryUnreachable(request.url, thrown)));
  });
}

function createRequest({ method, url, headers, body, signal }: DialRequest): ClientRequest {
  const length = body === undefined ? {} : { 'content-length': String(body.size) };
  const options = { method, headers: { 'user-agent': 'towpath', ...headers, ...length }, signal };
  return url.protocol === 'https:' ? requestTls(url, options) : requestPlain(url, options);
}
