// Against DNS rebinding: a page of another name that resolves to this machine sends its own name as Host, and a page
// of another origin sends that as Origin. Both are refused before anything else is looked at.
import { TowpathError } from '@towpath/core';
import type { FastifyInstance } from 'fastify';

/** Names under which this server may be asked. */
export interface HostRules {
  readonly port: number;
  /** Besides the loopback names; with a port, or without for the server's own port and the default ports. */
  readonly allowedHosts: readonly string[];
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Checks Host and Origin of every request; `rules` is asked each time because the port is known after listening. */
export function installHostGuard(app: FastifyInstance, rules: () => HostRules): void {
  app.addHook('onRequest', async (request) => checkHost(request.headers.host, request.headers.origin, rules()));
}

/**
 * Decides whether a request was meant for us.
 *
 * @throws TowpathError `HOST_REFUSED`, `ORIGIN_REFUSED`
 */
function checkHost(host: string | undefined, origin: string | undefined, rules: HostRules): void {
  const name = host?.toLowerCase() ?? '';
  if (!listHosts(rules).has(name)) {
    throw new TowpathError({
      code: 'HOST_REFUSED',
      message: 'This server is not asked by that name.',
      cause: `The Host header is ${JSON.stringify(name.slice(0, 200))}.`,
      fix: 'Use http://localhost with its port, or add the name to the allowed hosts of the server.',
    });
  }
  if (origin === undefined) return;
  if (origin.toLowerCase() === `http://${name}` || origin.toLowerCase() === `https://${name}`) return;
  throw new TowpathError({
    code: 'ORIGIN_REFUSED',
    message: 'Another web page sent this request.',
    cause: `Its origin is ${JSON.stringify(origin.slice(0, 200))}.`,
    fix: 'Use the console under its own address.',
  });
}

function listHosts({ port, allowedHosts }: HostRules): ReadonlySet<string> {
  const loopback = LOOPBACK.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  const others = allowedHosts.map((name) => name.toLowerCase());
  return new Set([...loopback, ...others.flatMap((name) => (hasPort(name) ? [name] : [name, `${name}:${port}`]))]);
}

function hasPort(name: string): boolean {
  return /:\d+$/.test(name);
}
