// A way to an API server that counts what is asked on it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from '@towpath/testkit';

export interface CountedApi {
  /** A kubeconfig with the same account that leads through here. */
  readonly kubeconfig: string;
  /** Requests so far, by verb and kind. */
  readonly counts: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Opens it before the API server of a kubeconfig, which is JSON and shows a token. */
export async function openCountedApi(kubeconfig: string): Promise<CountedApi> {
  const folder = mkdtempSync(join(tmpdir(), 'counted-api-'));
  const tls = createCertificate(folder);
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const [{ cluster }] = config.clusters;
  const behind = new URL(cluster.server);
  const agent = new Agent({ keepAlive: true, ca: Buffer.from(cluster['certificate-authority-data'], 'base64') });
  const counts = new Map<string, number>();
  const server = createServer(tls, (asked, answer) => {
    const what = describeRequest(asked);
    counts.set(what, (counts.get(what) ?? 0) + 1);
    const { method, url: path, headers } = asked;
    const sent = request({ agent, host: behind.hostname, port: behind.port, method, path, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    sent.on('error', () => answer.destroy());
    answer.on('close', () => sent.destroy());
    asked.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const through = { server: `https://127.0.0.1:${port}`, 'certificate-authority': tls.caFile };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify({ ...config, clusters: [{ name: config.clusters[0].name, cluster: through }] }));
  return {
    kubeconfig: path,
    counts,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}

/** `POST jobs`, `WATCH pods`, `GET log` … */
function describeRequest({ method, url }: IncomingMessage): string {
  const { pathname, searchParams } = new URL(url ?? '/', 'https://api');
  const [, kind, , sub] = /\/namespaces\/[^/]+\/([^/]+)(\/[^/]+)?(?:\/([^/]+))?/.exec(pathname) ?? [];
  return `${searchParams.has('watch') ? 'WATCH' : method} ${sub ?? kind ?? pathname}`;
}
