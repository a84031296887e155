// sign-offs:write: each person's own.
import { WithdrawSignOff } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { takeBackSignOff } from '../transactions/take-back-sign-off.ts';

/** DELETE /api/sign-offs/:signOffId */
export function registerWithdrawSignOff(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, WithdrawSignOff, {
    answer: ({ identity, params: { signOffId } }) => takeBackSignOff(context.pool, signOffId, requirePerson(identity)),
  });
}
