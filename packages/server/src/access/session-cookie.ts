// The cookies of browsers: of a session, and of a sign-in that is under way.
import type { FastifyReply } from 'fastify';
import type { ServerContext } from '../http/server-context.ts';
import { LOGIN_SECONDS } from './operations/insert-login.ts';

type CookieContext = Pick<ServerContext, 'cookieName' | 'publicUrl'>;

/** Without TLS in front (loopback) a secure cookie would never come back. */
function isSecure({ publicUrl }: CookieContext): boolean {
  return publicUrl?.startsWith('https:') === true;
}

/** Gives a browser its session. SameSite=Strict and the Host check keep other pages out. */
export function setSessionCookie(reply: FastifyReply, context: CookieContext, cookie: string, maxAge: number): void {
  const secure = isSecure(context);
  reply.setCookie(context.cookieName(), cookie, { httpOnly: true, sameSite: 'strict', path: '/', maxAge, secure });
}

/** Takes it away. */
export function clearSessionCookie(reply: FastifyReply, context: CookieContext): void {
  reply.clearCookie(context.cookieName(), { path: '/' });
}

/** Name of the cookie that binds a sign-in to the browser that began it. */
export function loginCookieName({ cookieName }: CookieContext): string {
  return `${cookieName()}-login`;
}

/** Gives it. Lax: it must come back when the identity provider sends the browser here. */
export function setLoginCookie(reply: FastifyReply, context: CookieContext, secret: string): void {
  const secure = isSecure(context);
  const options = { httpOnly: true, sameSite: 'lax', path: '/api/login', maxAge: LOGIN_SECONDS, secure } as const;
  reply.setCookie(loginCookieName(context), secret, options);
}
