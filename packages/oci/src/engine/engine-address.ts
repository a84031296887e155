// Where a Docker engine listens, as DOCKER_HOST and `docker.host` of an environment say it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';

/** How to reach an engine. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: EngineTls | undefined };

/** PEM files of a client, as DOCKER_CERT_PATH holds them. */
export interface EngineTls {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

const DEFAULT_SOCKET = '/var/run/docker.sock';
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/**
 * Parses an address: `unix:///path`, `tcp://host:port`. `certificates` is a folder with ca.pem, cert.pem and key.pem; with it TCP
 * is TLS. @throws TowpathError `DOCKER_HOST_INVALID`
 */
export function parseEngineAddress(text: string | undefined, certificates?: string): EngineAddress {
  if (text === undefined || text === '') return { kind: 'socket', path: DEFAULT_SOCKET };
  const socket = /^unix:\/\/(?<path>.*)$/.exec(text)?.groups?.path;
  if (socket !== undefined) return { kind: 'socket', path: toAbsolute(socket) };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '')
    throw addressInvalid(text);
  const tls = certificates ? readTls(certificates) : undefined;
  if (url.protocol === 'https:' && tls === undefined) throw addressInvalid(text);
  const port = url.port === '' ? (tls ? TLS_PORT : PLAIN_PORT) : Number(url.port);
  return { kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port, tls };
}

// Some write `unix://var/run/docker.sock`; a socket has an absolute path.
function toAbsolute(path: string): string {
  if (path === '') return DEFAULT_SOCKET;
  return path.startsWith('/') ? path : `/${path}`;
}

function readTls(folder: string): EngineTls {
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

function addressInvalid(text: string): TowpathError {
  return new TowpathError({
    code: 'DOCKER_HOST_INVALID',
    message: `${JSON.stringify(text)} is no address of a Docker engine.`,
    cause: 'It is `unix:///path/of/docker.sock` or `tcp://host:port`, and https needs DOCKER_CERT_PATH.',
    fix: 'Correct DOCKER_HOST, or `docker.host` of the environment. An engine behind SSH is reached by a forwarded socket.',
  });
}
