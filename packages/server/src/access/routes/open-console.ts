// public: the link is the credential.
import { OpenConsole } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { deriveCsrf } from '../secret-token.ts';
import { openConsole } from '../transactions/open-console.ts';

/** A working week: who opens the console daily isn't asked in the middle of one. */
const SESSION_SECONDS = 7 * 24 * 3600;

/** POST /api/session */
export function registerOpenConsole(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, OpenConsole, {
    answer: async ({ body: { link }, reply }) => {
      const { name, role, cookie } = await openConsole(context.pool, link, SESSION_SECONDS);
      // Not `secure`: on loopback there is no TLS. SameSite=Strict and the Host check keep other pages out.
      const options = { httpOnly: true, sameSite: 'strict', path: '/', maxAge: SESSION_SECONDS } as const;
      reply.setCookie(context.cookieName(), cookie, options);
      return { name, role, csrf: deriveCsrf(cookie), version: context.version };
    },
  });
}
