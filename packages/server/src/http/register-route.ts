// The only door for routes: each carries the permission of its contract, or it can't be registered.
import type { RouteContract, RoutePermission } from '@towpath/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ReadableEnvironments } from '../access/readable-environments.ts';
import { prepareAll } from '../db/database.ts';
import { authorize } from './authenticate.ts';
import { authorizePlace } from './authorize-place.ts';
import type { Identity } from './identity.ts';
import { type ParsedRequest, parseRequest } from './parse-request.ts';
import type { ServerContext } from './server-context.ts';

/** A parsed, authorised request. */
export interface Call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> extends ParsedRequest<P, Q, B> {
  /** Null on public routes only. */
  readonly identity: Identity | null;
  /** The environments whose rows a list may be made of: limit and cursor must not tell of others. */
  readonly readable: ReadableEnvironments;
  /** Whether what is of an environment may be told to the caller. */
  readonly mayTell: (environment: string | null) => boolean;
  /** Aborted when the caller hangs up or the server closes. */
  readonly signal: AbortSignal;
  /** The body of a route that takes bytes; empty elsewhere. */
  readonly bytes: Buffer;
  readonly reply: FastifyReply;
  readonly request: FastifyRequest;
}

/** What a route does. `raw` answers through `reply` itself (bytes, streams). */
export interface RouteHandler<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> {
  readonly answer?: (call: Call<P, Q, B>) => Promise<z.input<R>>;
  readonly raw?: (call: Call<P, Q, B>) => Promise<FastifyReply>;
  readonly bodyLimitBytes?: number;
  /** The body is application/octet-stream; elsewhere that is refused. */
  readonly takesBytes?: boolean;
}

// Not exported: nobody else can mark a route as having passed through here.
const DECLARED = Symbol('declared permission');

/** Makes every other way to register a route an error. To be called before the first route. */
export function requireDeclaredRoutes(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const config: Readonly<Record<symbol, unknown>> = { ...route.config };
    if (config[DECLARED] === undefined) {
      throw new Error(`${String(route.method)} ${route.url} was registered without a permission; use registerRoute.`);
    }
  });
}

/**
 * Registers the route of a contract. Its permission is checked before the body is read, and once more when a body came later than
 * that: what changes something is done by rights that hold then. Small bodies come with their headers, so agents hardly pay for it.
 */
export function registerRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  app: FastifyInstance,
  context: ServerContext,
  contract: RouteContract<P, Q, B, R>,
  handler: RouteHandler<P, Q, B, R>,
): void {
  checkMediaTypes(contract, handler);
  const judged = new WeakMap<FastifyRequest, Judged>();
  const judge = async (request: FastifyRequest): Promise<Judged> => {
    const authentication = {
      db: prepareAll(context.pool),
      cookieName: context.cookieName(),
      refusals: context.refusals,
      findByToken: context.findByToken,
    };
    const identity = await authorize(request, contract.permission, authentication);
    return { identity, isWhole: request.raw.complete };
  };
  app.route({
    method: contract.method,
    url: contract.path,
    config: declare(contract.permission),
    ...(handler.bodyLimitBytes === undefined ? {} : { bodyLimit: handler.bodyLimitBytes }),
    onRequest: async (request) => {
      judged.set(request, await judge(request));
    },
    handler: async (request, reply) => {
      const early = judged.get(request);
      // Whoever holds a body back must not act by rights that ended meanwhile.
      const isSettled = early !== undefined && (early.isWhole || contract.method === 'GET');
      const { identity } = isSettled ? early : await judge(request);
      const parts = parseRequest(request, contract, handler.takesBytes === true ? 'bytes' : 'json');
      const { filter, ...placed } = await authorizePlace(context.pool, contract, identity, parts);
      const call = {
        ...parts,
        ...placed,
        signal: AbortSignal.any([context.closing, hangUpSignal(reply)]),
        bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        reply,
        request,
      };
      reply.header('cache-control', 'no-store');
      if (handler.raw) return handler.raw(call);
      const answer = await handler.answer?.(call);
      return reply.send(answer === undefined ? answer : filter(answer));
    },
  });
}

/** Who asks, and whether all of the request had arrived when that was found out: then it needs no second look. */
interface Judged {
  readonly identity: Identity | null;
  readonly isWhole: boolean;
}

// The document of the API is made from contracts alone, so they must say what their handlers do.
function checkMediaTypes(
  { path, bodyMediaType, replyMediaType }: RouteContract,
  { takesBytes = false, raw }: { readonly takesBytes?: boolean; readonly raw?: unknown },
): void {
  if (takesBytes === (bodyMediaType !== undefined) && (raw !== undefined) === (replyMediaType !== undefined)) return;
  throw new Error(
    `${path}: contract and handler differ about bodies that are no JSON (bodyMediaType, replyMediaType).`,
  );
}

/** Registers files of the console: public, but declared so. */
export function registerPublicFiles(
  app: FastifyInstance,
  path: string,
  answer: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
): void {
  app.route({ method: 'GET', url: path, config: declare('public'), handler: answer });
}

function declare(permission: RoutePermission): Record<symbol, RoutePermission> {
  return { [DECLARED]: permission };
}

function hangUpSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}
