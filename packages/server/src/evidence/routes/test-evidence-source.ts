// policies:write: whoever declares sources tries them; nobody else makes the server ask out of turn.
import { TestEvidenceSource } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { testSource } from '../test-source.ts';

/** POST /api/evidence/sources/:source/test */
export function registerTestEvidenceSource(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, TestEvidenceSource, {
    answer: async ({ params, body }) => ({
      evidence: await testSource(context.pool, context.evidence, { ...params, ...body }),
    }),
  });
}
