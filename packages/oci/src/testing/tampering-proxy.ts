// A registry's front that changes content on its way out: what a broken disk or a hostile proxy does.
import { createServer, request } from 'node:http';

export interface TamperingProxy {
  /** `localhost:port` */
  readonly address: string;
  close(): Promise<void>;
}

/** Passes everything on; the last byte of each answer whose path `isTampered` says so is another. */
export async function startTamperingProxy(
  registry: string,
  isTampered: (path: string) => boolean,
): Promise<TamperingProxy> {
  const server = createServer((asked, answer) => {
    const { method, url = '/', headers } = asked;
    const passed = request(
      `http://${registry}${url}`,
      { method, headers: { ...headers, host: registry } },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        let held: Buffer | undefined;
        response.on('data', (chunk: Buffer) => {
          if (held !== undefined) answer.write(held);
          held = chunk;
        });
        response.on('end', () => answer.end(isTampered(url) && held !== undefined ? changeLast(held) : held));
      },
    );
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    address: `localhost:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

function changeLast(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
}
