// sign-offs:write: whoever may refuse there. What may be lifted, the transaction decides.
import { LiftRefusal } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import { createRequireSpeaker } from '../../http/require-speaker.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { liftRefusal } from '../transactions/lift-refusal.ts';

/** POST /api/sign-offs/:signOffId/lift */
export function registerLiftRefusal(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, LiftRefusal, {
    answer: ({ identity, params: { signOffId }, body: { reason }, request }) => {
      const by = requirePerson(identity);
      const requireSpeaker = createRequireSpeaker(request, by, context.cookieName());
      return liftRefusal(context.pool, { signOffId, reason, by }, requireSpeaker);
    },
  });
}
