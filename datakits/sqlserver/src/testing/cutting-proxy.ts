// A TCP proxy before PostgreSQL that loses one answer: the server hears the statement, the client never hears back.
import { createConnection, createServer, type Socket } from 'node:net';

/** A running proxy; whoever starts it closes it. */
export interface CuttingProxy {
  readonly port: number;
  /** How often an answer was lost. */
  readonly cuts: number;
  close(): Promise<void>;
}

/** What to lose: the answer to the first statement with `loseAnswerTo` on a connection that has sent `after`. */
export interface Cut {
  readonly after: string;
  readonly loseAnswerTo: string;
}

/** Starts a proxy to `target`; after one lost answer it is transparent. */
export async function startCuttingProxy(target: { host: string; port: number }, cut: Cut): Promise<CuttingProxy> {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = createConnection(target);
    let isArmed = false;
    let isLosing = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      isArmed ||= text.includes(cut.after);
      if (cuts === 0 && isArmed && text.includes(cut.loseAnswerTo)) isLosing = true;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!isLosing) {
        client.write(chunk);
        return;
      }
      cuts++;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get cuts() {
      return cuts;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
