// public: the state in the address and the cookie of the browser that began are the credential.
import { FinishLogin } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { personSubject } from '../../audit/audit-subjects.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { formatConsentPage } from '../consent-page.ts';
import { callbackAddress, destination, requireOidc } from '../oidc/login-address.ts';
import { type BegunLogin, takeLogin } from '../operations/take-login.ts';
import { noteRefused } from '../refusals/note-refused.ts';
import { loginCookieName, setSessionCookie } from '../session-cookie.ts';
import { LOGIN_SESSION_SECONDS, makeLoginCode, openSession } from '../transactions/finish-login.ts';

/** GET /api/login/callback */
export function registerFinishLogin(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, FinishLogin, {
    raw: async ({ query: { state = '' }, request, reply }) => {
      requireOidc(context);
      const browser = request.cookies[loginCookieName(context)] ?? '';
      const login = await takeLogin(context.pool, state, browser);
      if (!login) {
        context.refusals.note({ shown: 'sign-in', reason: 'LOGIN_UNKNOWN', address: request.ip });
        return reply.redirect(destination({ returnTo: '/' }, { problem: 'LOGIN_UNKNOWN' }));
      }
      const end = await finish(context, login, { request, reply });
      return typeof end === 'string' ? reply.redirect(end) : reply.type('text/html; charset=utf-8').send(end.page);
    },
  });
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Where the browser goes, or what it shows instead. */
type LoginAnswer = string | { readonly page: string };

/** A browser stands at the other end: what fails is shown there, and told in the log. */
async function finish(context: ServerContext, login: BegunLogin, exchange: Exchange): Promise<LoginAnswer> {
  try {
    return await exchangeCode(context, login, exchange);
  } catch (thrown) {
    if (!(thrown instanceof TowpathError)) throw thrown;
    exchange.request.log.warn({ code: thrown.code, cause: describeCause(thrown.cause) }, 'sign-in failed');
    return destination(login.goal, { problem: thrown.code });
  }
}

async function exchangeCode(
  context: ServerContext,
  { checks, goal, begunAt }: BegunLogin,
  { request, reply }: Exchange,
): Promise<LoginAnswer> {
  const search = new URL(request.url, 'http://localhost').search;
  const address = new URL(callbackAddress(context, request) + search);
  const shown = { shown: 'sign-in', address: request.ip } as const;
  const proven = await noteRefused(context.refusals, shown, () => requireOidc(context).finish(address, checks));
  const person = { ...proven, begunAt };
  const whose = { subject: personSubject(person.name), environment: null };
  return await noteRefused(context.refusals, { ...shown, whose }, async () => {
    if ('port' in goal) {
      const code = await makeLoginCode(context.pool, person, goal.challenge);
      return { page: formatConsentPage({ goal, name: person.name, code, host: request.host }) };
    }
    const before = request.cookies[context.cookieName()];
    setSessionCookie(reply, context, await openSession(context.pool, person, before), LOGIN_SESSION_SECONDS);
    return destination(goal, undefined);
  });
}

// Codes and the library's own words; never what was sent, which holds tokens.
function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  return 'code' in cause ? `${String(cause.code)}: ${cause.message}` : cause.message;
}
