// The TCP port the embedded PostgreSQL listens on: the preferred one, or the next that is free on both loopbacks.

import { connect, createServer } from 'node:net';
import { TowpathError } from '@towpath/core';

export interface ServerPort {
  readonly port: number;
  /** The preferred port was taken, so this is another one. */
  readonly wasBusy: boolean;
}

/** A machine that really runs 100 servers in a row above 5432 is stranger than a mistake in here. */
const SEARCHED_PORTS = 100;

const LOOPBACKS = ['127.0.0.1', '::1'];

/** First free port ≥ `preferred`; 0 lets the system choose. Errors: `EMBEDDED_POSTGRES_PORT_UNUSABLE`. */
export async function findServerPort(preferred: number): Promise<ServerPort> {
  if (preferred === 0) return { port: await findEphemeralPort(), wasBusy: false };
  for (let port = preferred; port < Math.min(preferred + SEARCHED_PORTS, 65_536); port += 1) {
    if (await isPortFree(port)) return { port, wasBusy: port !== preferred };
  }
  throw unusable(preferred, `All ports from ${preferred} to ${preferred + SEARCHED_PORTS - 1} are taken.`);
}

/**
 * Whether PostgreSQL can listen on `port` at 127.0.0.1 and ::1. Asks by connecting too: on macOS a bind to one address
 * succeeds although another program listens on all of them.
 */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of LOOPBACKS) {
    if (await answers(host, port)) return false;
    const failure = await tryToListen(host, port);
    if (failure === 'EACCES') throw unusable(port, 'Ports below 1024 belong to root.');
    // A machine without IPv6 has no ::1 to listen on; PostgreSQL then serves 127.0.0.1 alone.
    if (failure === 'EADDRINUSE') return false;
  }
  return true;
}

async function findEphemeralPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw unusable(0, 'The system gave no port.');
  return (await isPortFree(address.port)) ? address.port : findEphemeralPort();
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The error code of listening, or undefined when it worked. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'UNKNOWN'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function unusable(port: number, cause: string): TowpathError {
  return new TowpathError({
    code: 'EMBEDDED_POSTGRES_PORT_UNUSABLE',
    message: `The embedded PostgreSQL has no port to listen on, starting at ${port}.`,
    cause,
    fix: 'Choose another port for PostgreSQL (1024 to 65535).',
  });
}
