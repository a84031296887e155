// A route as data: server, client, OpenAPI and the tests of permissions all read the same object.
import type { Permission } from '@towpath/core';
import type { z } from 'zod';

/** `public` needs no credential; `signed-in` needs any; everything else names the permission that is checked. */
export type RoutePermission = Permission | 'public' | 'signed-in';

/** One HTTP operation. Absent parts are refused when sent (body) or ignored (query). */
export interface RouteContract<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Fastify's form: `/api/runs/:runId`. */
  readonly path: string;
  readonly permission: RoutePermission;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The body is bytes of this type instead of JSON. */
  readonly bodyMediaType?: string;
  readonly reply: Reply;
  /** The answer is of this type instead of JSON; `reply` describes its text, or one event of a stream. */
  readonly replyMediaType?: string;
}

/** Keeps the literal schema types of a contract; returns its argument. */
export function defineRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  contract: RouteContract<P, Q, B, R>,
): RouteContract<P, Q, B, R> {
  return contract;
}
