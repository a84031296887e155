// A TCP proxy before PostgreSQL at which a test lets somebody die: at a chosen message of the client, before the server
// hears it.
import { createConnection, createServer, type Socket } from 'node:net';

/** A running proxy; whoever starts it closes it. */
export interface StepProxy {
  readonly port: number;
  /** Messages of clients so far. */
  readonly steps: number;
  /** Throws what the test's own step threw. */
  close(): Promise<void>;
}

/** Called with the number (from 1) of each message before it is passed on; `die` ends all connections, now and later. */
export type OnStep = (step: number, die: () => void) => void | Promise<void>;

/** Starts a proxy to `target`. After `die` it takes connections and drops them, as if nobody were left to make them. */
export async function startStepProxy(target: { host: string; port: number }, onStep: OnStep): Promise<StepProxy> {
  let steps = 0;
  let isDead = false;
  let failure: { readonly thrown: unknown } | undefined;
  const sockets = new Set<Socket>();
  const die = (): void => {
    isDead = true;
    for (const socket of sockets) socket.destroy();
  };
  const takeStep = async (): Promise<void> => {
    try {
      await onStep(++steps, die);
    } catch (thrown) {
      failure ??= { thrown };
      die();
    }
  };
  const server = createServer((client) => {
    if (isDead) return void client.destroy();
    const upstream = createConnection(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    // One after the other: a message is passed on when the test is done with the one before.
    let turn = Promise.resolve();
    client.on('data', (chunk) => {
      turn = turn.then(async () => {
        if (!isDead) await takeStep();
        if (!isDead) upstream.write(chunk);
      });
    });
    upstream.on('data', (chunk) => client.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get steps() {
      return steps;
    },
    close: async () => {
      die();
      await new Promise((resolve) => server.close(resolve));
      if (failure) throw failure.thrown;
    },
  };
}
