// A port of this container's own address that leads to a part of the network: names of images say `localhost:<port>`, as the engine
// reaches the registry, and here they mean the same.
import { createConnection, createServer, type Socket } from 'node:net';
import { PORTS } from './part-config.ts';
import type { Part } from './parts/part.ts';

/** `registry` is `localhost:5000`; each connection to that port goes to the stack's registry, one that is away ends it. */
export async function forwardRegistry(registry: string): Promise<Part> {
  const port = Number(/:(\d+)$/.exec(registry)?.[1]);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = createConnection({ host: 'registry', port: PORTS.registry });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
