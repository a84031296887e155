// audit:read: as for the entries themselves.
import { Readable } from 'node:stream';
import { AUDIT_EXPORT_MEDIA_TYPE, ExportAudit } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { exportAudit } from '../export-audit.ts';

/** GET /api/audit/export */
export function registerExportAudit(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ExportAudit, {
    raw: async ({ query, reply }) =>
      reply.type(AUDIT_EXPORT_MEDIA_TYPE).send(Readable.from(exportAudit(context.pool, query.after))),
  });
}
