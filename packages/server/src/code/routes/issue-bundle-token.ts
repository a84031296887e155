// attempts:execute: agents only; the statement finds attempts of this agent alone, under the epoch that it holds.
import { IssueBundleToken } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { FastifyInstance } from 'fastify';
import { createToken, hashToken } from '../../access/secret-token.ts';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { writeBundleToken } from '../operations/write-bundle-token.ts';

/** POST /api/agent/attempts/:attemptId/bundle-token */
export function registerIssueBundleToken(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, IssueBundleToken, {
    answer: async ({ identity, params: { attemptId }, body: { epoch } }) => {
      const { agentId } = requireAgent(identity);
      const token = createToken('attempt');
      const key = { attemptId, agentId, epoch };
      if (!(await writeBundleToken(context.pool, { ...key, tokenHash: hashToken(token) }))) throw notYours(attemptId);
      return { token };
    },
  });
}

function notYours(attemptId: string): TowpathError {
  return new TowpathError({
    code: 'ATTEMPT_STALE',
    message: `Attempt ${attemptId} is not this agent's under that epoch, or needs no bundle.`,
    cause: 'It ended, another session took it over, or its run has no TypeScript tasks.',
    fix: 'Stop the work on it.',
  });
}
