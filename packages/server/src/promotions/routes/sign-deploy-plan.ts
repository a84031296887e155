// sign-offs:write: people, and of them only roles that the policy names for plans; never an agent, which may have made it.
import { SignDeployPlan } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import { createRequireSpeaker } from '../../http/require-speaker.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { signDeployPlan } from '../transactions/sign-deploy-plan.ts';

/** POST /api/promotions/:promotionId/deploy-plan/sign-offs */
export function registerSignDeployPlan(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, SignDeployPlan, {
    answer: ({ identity, params, body, request }) => {
      const by = requirePerson(identity);
      const requireSpeaker = createRequireSpeaker(request, by, context.cookieName());
      return signDeployPlan(context.pool, { ...params, ...body, by }, requireSpeaker);
    },
  });
}
