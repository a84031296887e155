// public: it says what the source says, and nothing of this instance but its version, which /health tells too. Generators of
// clients and gateways fetch it without a credential.
import { GetOpenApi } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { createOpenApiDocument, type OpenApiDocument } from '../create-openapi-document.ts';

/** GET /api/openapi.json */
export function registerGetOpenApi(app: FastifyInstance, context: ServerContext): void {
  let document: OpenApiDocument | undefined;
  registerRoute(app, context, GetOpenApi, {
    answer: async () => (document ??= createOpenApiDocument(context.version)),
  });
}
