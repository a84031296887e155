// unknown → typed, once, at the edge.
import type { RouteContract } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** The parts of a request after parsing; a part the contract does not declare is undefined. */
export interface ParsedRequest<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
}

/** More problems than this help nobody. */
const MAX_PROBLEMS = 20;

/**
 * Parses all parts of a request.
 *
 * @throws TowpathError `REQUEST_INVALID` listing every problem
 */
export function parseRequest<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  request: FastifyRequest,
  contract: RouteContract<P, Q, B, R>,
  bodyKind: 'json' | 'bytes',
): ParsedRequest<P, Q, B> {
  const problems: string[] = [];
  const params = parsePart('params', contract.params, request.params, problems);
  const query = parsePart('query', contract.query, request.query, problems);
  const body = parsePart('body', contract.body, request.body, problems);
  if (!contract.body) problems.push(...checkUnexpectedBody(request.body, bodyKind));
  if (problems.length > 0) throw requestInvalid(problems);
  // The three values were produced by exactly these schemas; the compiler can't follow the conditional above.
  return { params, query, body } as ParsedRequest<P, Q, B>;
}

/** The error of a request that can't be understood; its message is the first problem, its cause all of them. */
export function requestInvalid(problems: readonly string[]): TowpathError {
  const distinct = [...new Set(problems)];
  const shown = distinct.slice(0, MAX_PROBLEMS);
  const more = distinct.length > shown.length ? [`and ${distinct.length - shown.length} more`] : [];
  return new TowpathError({
    code: 'REQUEST_INVALID',
    message: `The request is not as the API describes it: ${shown[0]}.`,
    cause: [...shown, ...more].join('; '),
    // Bodies are written by programs, addresses also by people.
    fix: distinct.some((problem) => problem.startsWith('body'))
      ? 'Correct what is listed; client and server may have different versions.'
      : 'Correct it in the address of the request.',
  });
}

function parsePart(name: string, schema: z.ZodType | undefined, value: unknown, problems: string[]): unknown {
  if (!schema) return undefined;
  const parsed = parseSafely(schema, value);
  if (parsed === 'too deep') {
    problems.push(`${name}: nested too deeply`);
    return undefined;
  }
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    problems.push(`${[name, ...issue.path].map(String).join('.').slice(0, 200)}: ${issue.message.slice(0, 300)}`);
  }
  return undefined;
}

// Recursive schemas (any JSON) exhaust the stack on a value of some thousand levels; that is the sender's fault.
function parseSafely(schema: z.ZodType, value: unknown) {
  try {
    return schema.safeParse(value);
  } catch (thrown) {
    if (thrown instanceof RangeError) return 'too deep';
    throw thrown;
  }
}

function checkUnexpectedBody(body: unknown, kind: 'json' | 'bytes'): string[] {
  if (body === undefined || body === null) return [];
  if (kind === 'bytes') return Buffer.isBuffer(body) ? [] : ['body: must be application/octet-stream'];
  return ['body: this route takes none'];
}
