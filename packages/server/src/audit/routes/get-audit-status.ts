// audit:read: as for the entries themselves.
import { GetAuditStatus } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readAuditStatus } from '../transactions/read-audit-status.ts';

/** GET /api/audit/status */
export function registerGetAuditStatus(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetAuditStatus, {
    answer: async () => ({
      ...(await readAuditStatus(context.pool)),
      publicKey: context.auditSigner?.publicKey ?? null,
    }),
  });
}
