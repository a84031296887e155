// code:register is the agent's: only the one whose environment the code runs in may say what that code is.
import { RegisterCode } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { requestInvalid } from '../../http/parse-request.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { registerCode, registerCodeError } from '../transactions/register-code.ts';

/** A project of some thousand tasks; the largest graph alone may have several MiB. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** POST /api/agent/code-locations */
export function registerRegisterCode(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RegisterCode, {
    bodyLimitBytes: BODY_LIMIT_BYTES,
    answer: async ({ identity, body }) => {
      const { environment, name: registeredBy } = requireAgent(identity);
      const { error, ...location } = body;
      if (error) {
        if (body.pipelines.length > 0) throw requestInvalid(['body.pipelines: must be empty beside an error']);
        await registerCodeError(context.pool, { ...location, environment, error });
        return { registered: 0, removed: 0 };
      }
      return registerCode(context.pool, { ...location, environment, registeredBy });
    },
  });
}
