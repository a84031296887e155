// public: the link is the credential.
import { OpenConsole } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { linkInvalid } from '../link-invalid.ts';
import { findConsoleSession } from '../operations/find-console-session.ts';
import { noteRefused } from '../refusals/note-refused.ts';
import { setSessionCookie } from '../session-cookie.ts';
import { toSessionView } from '../to-session-view.ts';
import { openConsole } from '../transactions/open-console.ts';

/** A working week: who opens the console daily isn't asked in the middle of one. */
const SESSION_SECONDS = 7 * 24 * 3600;

/** POST /api/session */
export function registerOpenConsole(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, OpenConsole, {
    answer: async ({ body: { link }, request, reply }) => {
      const before = request.cookies[context.cookieName()];
      const { cookie } = await noteRefused(context.refusals, { shown: 'link', address: request.ip }, () =>
        openConsole(context.pool, { link, before }, SESSION_SECONDS),
      );
      const identity = await findConsoleSession(context.pool, cookie);
      // Revoked in this moment.
      if (!identity) throw linkInvalid();
      setSessionCookie(reply, context, cookie, SESSION_SECONDS);
      return toSessionView(identity, context.version);
    },
  });
}
