// public: the code and the verifier of its challenge are the credential.
import { RedeemLogin } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { noteRefused } from '../refusals/note-refused.ts';
import { redeemLogin } from '../transactions/redeem-login.ts';

/** POST /api/login/token */
export function registerRedeemLogin(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RedeemLogin, {
    answer: async ({ body, request }) => {
      const shown = { shown: 'code', address: request.ip } as const;
      const { token, name, expiresAt } = await noteRefused(context.refusals, shown, () =>
        redeemLogin(context.pool, body),
      );
      return { token, name, expiresAt };
    },
  });
}
