// The HTTP application without its socket: guards first, then routes.
import cookie from '@fastify/cookie';
import { FinishLogin } from '@towpath/api';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { answerClientError } from './http/answer-client-error.ts';
import { registerConsoleFiles } from './http/console-files.ts';
import { type HostRules, installHostGuard } from './http/host-guard.ts';
import { installProblemReplies, sendProblem } from './http/problem-reply.ts';
import { requireDeclaredRoutes } from './http/register-route.ts';
import { SECURITY_HEADERS } from './http/security-headers.ts';
import type { ServerContext } from './http/server-context.ts';
import { createLogFile } from './log-file.ts';
import { registerRoutes } from './routes.ts';

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** What the application needs besides its context. */
export interface AppOptions {
  readonly logLevel: LogLevel;
  readonly logFile: string | undefined;
  readonly consoleFolder: string | undefined;
  readonly hostRules: () => HostRules;
}

/** Bodies of routes that don't say otherwise. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** A request line and headers that take longer are an attack or a dead peer; long polls count from their answer. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Builds the application; the caller listens and closes. */
export async function createApp(context: ServerContext, options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    exposeHeadRoutes: false,
    clientErrorHandler: answerClientError,
    // Addresses the router can't read: they pass by hooks and error handler.
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply);
    },
    logger: {
      level: options.logLevel,
      ...(options.logFile !== undefined && { stream: createLogFile(options.logFile) }),
      serializers: { req: describeRequest },
      // The serializers leave headers out; should one be logged by name some day, these stay hidden.
      redact: ['req.headers.authorization', 'req.headers.cookie', 'headers.authorization', 'headers.cookie'],
    },
  });
  requireDeclaredRoutes(app);
  installProblemReplies(app);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  context.metrics.observe(app);
  installHostGuard(app, options.hostRules);
  await app.register(cookie);
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  registerRoutes(app, context);
  await registerConsoleFiles(app, options.consoleFolder);
  return app;
}

/** What the log says of a request: no header, and not the code that an identity provider sends a browser back with. */
function describeRequest({ method, url, host, ip }: FastifyRequest): Record<string, string> {
  const address = url.startsWith(FinishLogin.path) ? FinishLogin.path : url;
  return { method, url: address, host, remoteAddress: ip };
}
