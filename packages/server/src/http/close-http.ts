// Ending the HTTP side: connections that carry no request are closed at once, requests may finish.
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Requests that hang longer at the end (a client that stopped reading) are cut off. */
const CLOSING_GRACE_MS = 3_000;

/** How often connections that became idle meanwhile are closed: a client may keep one open for a minute. */
const CLOSE_IDLE_EVERY_MS = 25;

/**
 * Watches an application's connections from its creation on, and returns the function that closes it. Node's
 * `closeIdleConnections` leaves out those that never sent a request, and fetch opens such ones in advance.
 */
export function prepareClosing(app: FastifyInstance): () => Promise<void> {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }) => unused.delete(socket));
  const closeIdle = (): void => {
    app.server.closeIdleConnections();
    for (const socket of unused) socket.destroy();
  };
  return async () => {
    const idle = setInterval(closeIdle, CLOSE_IDLE_EVERY_MS);
    const rest = setTimeout(() => app.server.closeAllConnections(), CLOSING_GRACE_MS);
    try {
      await app.close();
    } finally {
      clearInterval(idle);
      clearTimeout(rest);
    }
  };
}
