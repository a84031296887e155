// Where an environment's registry answers, and below which path its images lie. TLS everywhere but on this machine, where
// Docker does without, too.
import { TowpathError } from '@towpath/core';
import { toResolvableHost } from '../image-reference.ts';

export interface RegistryLocation {
  /** `host[:port]`, as credentials are kept for it. */
  readonly authority: string;
  /** `https://host:port` */
  readonly origin: string;
  /** What every repository's name begins with: `team/`, or nothing. */
  readonly prefix: string;
}

const LOOPBACK = /^(?:localhost|(?:.+\.)localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Whether this is on this machine, so that plain HTTP will do. */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Docker's hub is called by one name and answers under another. */
const HUB = 'docker.io';
const HUB_ORIGIN = 'https://registry-1.docker.io';

const ADDRESS = /^([a-z0-9.-]+(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?)((?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)\/?$/;

/** Reads `host[:port][/path]`. @throws TowpathError `REGISTRY_INVALID` */
export function parseRegistryLocation(text: string): RegistryLocation {
  const [, authority, path = ''] = ADDRESS.exec(toResolvableHost(text)) ?? [];
  const url = authority === undefined ? null : URL.parse(`https://${authority}`);
  if (authority === undefined || !url?.hostname) throw registryInvalid(text);
  const origin = `${isLoopbackHost(url.hostname) ? 'http' : 'https'}://${authority}`;
  const prefix = path === '' ? '' : `${path.slice(1)}/`;
  return { authority, origin: authority === HUB ? HUB_ORIGIN : origin, prefix };
}

function registryInvalid(text: string): TowpathError {
  return new TowpathError({
    code: 'REGISTRY_INVALID',
    message: `${JSON.stringify(text)} is no address of a registry.`,
    cause: 'An address is host, host:port or host/path, without scheme, user and password.',
    fix: "Correct `registry` of the environment in towpath.yaml. Logins belong into Docker's configuration: `docker login`.",
  });
}
