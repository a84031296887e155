// public: it leads to where one signs in.
import { StartLogin } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import * as openid from 'openid-client';
import { requestInvalid } from '../../http/parse-request.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { callbackAddress, requireOidc } from '../oidc/login-address.ts';
import { insertLogin, type LoginGoal } from '../operations/insert-login.ts';
import { createToken } from '../secret-token.ts';
import { setLoginCookie } from '../session-cookie.ts';

/** GET /api/login */
export function registerStartLogin(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, StartLogin, {
    raw: async ({ query, request, reply }) => {
      const oidc = requireOidc(context);
      const checks = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        codeVerifier: openid.randomPKCECodeVerifier(),
      };
      const address = await oidc.begin(callbackAddress(context, request), checks);
      const browser = createToken('login');
      await insertLogin(context.pool, { checks, browser, goal: toGoal(query) });
      setLoginCookie(reply, context, browser);
      return reply.redirect(address.href);
    },
  });
}

interface Wish {
  readonly returnTo?: string | undefined;
  readonly port?: number | undefined;
  readonly challenge?: string | undefined;
  readonly program?: string | undefined;
}

function toGoal({ returnTo, port, challenge, program }: Wish): LoginGoal {
  if (port !== undefined && challenge !== undefined) return { port, challenge, program: program ?? null };
  if (port !== undefined || challenge !== undefined)
    throw requestInvalid(['query: port and challenge belong together']);
  return { returnTo: returnTo ?? '/' };
}
