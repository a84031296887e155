// A proxy that does not let everything through: no large report of an end, as proxies of companies do; or no route that an older
// server would not have.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What does not pass. */
export interface ProxyLimits {
  /** A finish whose body is larger. */
  readonly maxFinishBytes?: number;
  /** Paths that are answered as by a server that does not know them. */
  readonly unknown?: RegExp;
}

/** A proxy in front of a server. */
export async function startNarrowProxy(
  target: string,
  limits: ProxyLimits,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const refusal = findRefusal(request.url ?? '', body.length, limits);
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(refusal));
      return;
    }
    const { authorization = '', 'content-type': type = 'application/json' } = request.headers;
    const init = { method: request.method ?? 'GET', headers: { authorization, 'content-type': type } };
    const answer = await fetch(target + request.url, body.length > 0 ? { ...init, body } : init).catch(() => undefined);
    response.writeHead(answer?.status ?? 502, { 'content-type': answer?.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer(0)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

function findRefusal(path: string, sizeBytes: number, { maxFinishBytes, unknown }: ProxyLimits) {
  const problem = { type: 'about:blank', title: 'Not this' };
  if (unknown?.test(path)) return { ...problem, status: 404, code: 'ROUTE_UNKNOWN' };
  const isTooLarge = maxFinishBytes !== undefined && sizeBytes > maxFinishBytes && path.endsWith('/finish');
  return isTooLarge ? { ...problem, status: 413, code: 'BODY_TOO_LARGE' } : undefined;
}
