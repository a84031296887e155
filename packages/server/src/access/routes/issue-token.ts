// access:write: a token is a right that outlives the request.
import { IssueToken } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { issueServiceToken } from '../transactions/issue-service-token.ts';

/** POST /api/tokens */
export function registerIssueToken(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, IssueToken, {
    answer: ({ identity, body }) => issueServiceToken(context.pool, body, requirePerson(identity)),
  });
}
