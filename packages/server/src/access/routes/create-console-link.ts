// signed-in: a person hands their own rights to a browser; an agent has no console.
import { CreateConsoleLink } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { issueConsoleLink } from '../transactions/issue-console-link.ts';

/** POST /api/console-links */
export function registerCreateConsoleLink(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, CreateConsoleLink, {
    answer: async ({ identity }) => {
      const { name, holding, tokenId, sessions, expiresAt: until } = requirePerson(identity);
      return issueConsoleLink(context.pool, { name, holding, tokenId, sessions, until }, { kind: 'person', name });
    },
  });
}
