// A registry on a folder, for the local stack: no login, no deletion, no other address than the one it is told.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TowpathError } from '@towpath/core';
import { answerRegistryRequest } from './answer-registry-request.ts';
import { createImageStore } from './image-store.ts';

export interface ServedRegistry {
  readonly port: number;
  close(): Promise<void>;
}

/** An upload that was begun and left: clients begin anew instead of going on with it after a day. */
const UPLOAD_IDLE_MS = 24 * 3600 * 1000;
const CLEAN_EVERY_MS = 3600 * 1000;

/** Between two bytes. */
const IDLE_MS = 120_000;

export interface RegistryServerOptions {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Who writes has to log in with it, under any name; undefined: nobody has to. Everybody reads. */
  readonly writePassword?: string | undefined;
}

/** Serves the OCI distribution API 1.1, its parts pull, push and listing of tags, on plain HTTP. Port 0: any free one. @throws TowpathError `PORT_UNUSABLE` */
export async function serveRegistry(options: RegistryServerOptions): Promise<ServedRegistry> {
  const { writePassword } = options;
  const store = createImageStore(options.folder);
  const server = createServer((request, response) => {
    answerRegistryRequest({ store, writePassword }, request, response).catch(() => response.destroy());
  });
  // Layers may be large and disks slow: only a client that sends nothing is given up.
  server.requestTimeout = 0;
  server.timeout = IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (thrown) => reject(portUnusable(options, thrown)));
    server.listen(options.port, options.host, resolve);
  });
  const clean = () => void store.dropUploads(UPLOAD_IDLE_MS).catch(() => undefined);
  clean();
  const cleaning = setInterval(clean, CLEAN_EVERY_MS).unref();
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    close: () =>
      new Promise((resolve) => {
        clearInterval(cleaning);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portUnusable({ host, port }: { readonly host: string; readonly port: number }, thrown: Error): TowpathError {
  return new TowpathError({
    code: 'PORT_UNUSABLE',
    message: `The registry can not listen on ${host}:${port}.`,
    cause: thrown.message,
    fix: 'Choose another port, or stop what uses it.',
  });
}
