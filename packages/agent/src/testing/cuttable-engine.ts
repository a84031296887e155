// A way to the Docker engine that a test can cut: the engine is away then, as when it restarts.
import { connect, createServer, type Socket } from 'node:net';
import type { EngineAddress } from '@towpath/oci';

export interface CuttableEngine {
  readonly address: EngineAddress;
  /** The same as DOCKER_HOST says it. */
  readonly host: string;
  /** Ends all connections, and refuses new ones until `mend`. */
  cut(): void;
  /** Connections that were refused. */
  countRefused(): number;
  mend(): void;
  /** Requests that came through, by their first line without ids and queries. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Opens it before an engine. */
export async function openCuttableEngine(engine: EngineAddress): Promise<CuttableEngine> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let isCut = false;
  let refused = 0;
  const server = createServer((socket) => {
    if (isCut) {
      refused += 1;
      return void socket.destroy();
    }
    const behind = engine.kind === 'socket' ? connect(engine.path) : connect(engine.port, engine.host);
    for (const end of [socket, behind]) {
      sockets.add(end);
      end.on('error', () => undefined);
      end.on('close', () => sockets.delete(end));
    }
    socket.on('data', (chunk) => {
      const line = /^(?:GET|POST|PUT|DELETE) \/v[\d.]+(\S*) HTTP/.exec(chunk.toString('latin1', 0, 300));
      if (line)
        requests.push(`${line[0].split(' ')[0]} ${(line[1] ?? '').replace(/\?.*/, '').replace(/[0-9a-f]{64}/, 'ID')}`);
    });
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: { kind: 'tcp', host: '127.0.0.1', port, tls: undefined },
    host: `tcp://127.0.0.1:${port}`,
    cut,
    countRefused: () => refused,
    mend: () => {
      isCut = false;
    },
    requests,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
