// attempts:resolve: engineers; it may start work a second time, so a viewer only looks.
import { GiveUpAttempt } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { giveUpAttempt } from '../transactions/give-up-attempt.ts';

/** POST /api/attempts/:attemptId/give-up */
export function registerGiveUpAttempt(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GiveUpAttempt, {
    answer: ({ identity, params: { attemptId } }) => {
      const { name } = requirePerson(identity);
      return giveUpAttempt(context.pool, { attemptId, by: name });
    },
  });
}
