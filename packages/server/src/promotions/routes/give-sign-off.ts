// sign-offs:write: roles that sign off; each in its own role only.
import { GiveSignOff } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import { createRequireSpeaker } from '../../http/require-speaker.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { giveSignOff } from '../transactions/give-sign-off.ts';

/** POST /api/sign-offs */
export function registerGiveSignOff(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GiveSignOff, {
    answer: ({ identity, body, request }) => {
      const by = requirePerson(identity);
      return giveSignOff(context.pool, { ...body, by }, createRequireSpeaker(request, by, context.cookieName()));
    },
  });
}
