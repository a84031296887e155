// public: the code and the verifier of its challenge are the credential.
import { RedeemLogin } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { redeemLogin } from '../transactions/redeem-login.ts';

/** POST /api/login/token */
export function registerRedeemLogin(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RedeemLogin, {
    answer: async ({ body }) => {
      const { token, name, expiresAt } = await redeemLogin(context.pool, body);
      return { token, name, expiresAt };
    },
  });
}
