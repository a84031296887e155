// A TCP proxy for tests: chooses where each connection goes, and cuts it in the middle of whatever is said.
import { createConnection, createServer, type Socket } from 'node:net';

export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}

/** A connection is cut when so many bytes have passed in one direction; those before arrive. */
export interface ProxyCut {
  readonly direction: 'to-server' | 'to-client';
  readonly afterBytes: number;
}

export interface TcpProxyOptions {
  /** Where the next connection goes; nobody listening there is as if the proxy did not listen. */
  target(): ProxyAddress;
  /** Address to listen on; default: loopback. */
  readonly host?: string;
  /** How the next connection ends; undefined: as its sides want. */
  cut?(): ProxyCut | undefined;
}

/** A running proxy; whoever starts it closes it. */
export interface TcpProxy {
  readonly port: number;
  /** How many connections were cut. */
  cuts(): number;
  close(): Promise<void>;
}

/** Starts a proxy on a free port. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = createConnection(options.target());
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // A side that goes away takes the other along; `close` follows.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    const cut = options.cut?.();
    const noteCut = (): void => {
      cuts += 1;
    };
    forward(client, upstream, cut?.direction === 'to-server' ? cut.afterBytes : undefined, noteCut);
    forward(upstream, client, cut?.direction === 'to-client' ? cut.afterBytes : undefined, noteCut);
  });
  await new Promise<void>((resolve) => server.listen(0, options.host ?? '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cuts: () => cuts,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function forward(from: Socket, to: Socket, limit: number | undefined, noteCut: () => void): void {
  let passed = 0;
  from.on('data', (chunk: Buffer) => {
    const left = limit === undefined ? chunk.length : limit - passed;
    passed += chunk.length;
    if (left >= chunk.length) {
      to.write(chunk);
      return;
    }
    from.pause();
    noteCut();
    // What came before the cut arrives: the other side has half a sentence.
    to.write(chunk.subarray(0, Math.max(left, 0)), () => to.destroy());
  });
}
