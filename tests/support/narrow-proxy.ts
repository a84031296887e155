// A proxy that lets no large report of an end through, as proxies of companies do.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of a server that lets no finish through whose body is larger than `maxBytes`. */
export async function startNarrowProxy(
  target: string,
  maxBytes: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (request.url?.endsWith('/finish') && body.length > maxBytes) {
      const problem = { type: 'about:blank', title: 'Too large', status: 413, code: 'BODY_TOO_LARGE' };
      response.writeHead(413, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
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
