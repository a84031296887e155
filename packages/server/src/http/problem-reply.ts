// Every error leaves the server here, as problem JSON (RFC 9457); stack traces and foreign texts stay in the log.
import { PROBLEM_MEDIA_TYPE, type Problem } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { translateDatabaseError } from '../db/database.ts';
import { LogOffsetWrong } from '../logs/log-offset-wrong.ts';
import { retryAfterOf, statusOf } from './error-status.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Installs the error handler and the answer to unknown routes. */
export function installProblemReplies(app: FastifyInstance): void {
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request) => {
    throw routeUnknown(request.method, request.url);
  });
}

/** Answers with the problem document of anything thrown. */
export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = formatProblem(toTowpathError(thrown));
  if (problem.status >= 500) request.log.error({ err: thrown, code: problem.code }, 'request failed');
  const retryAfterSeconds = retryAfterOf(problem.code);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .status(problem.status)
    .headers(SECURITY_HEADERS)
    .header('cache-control', 'no-store')
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problem));
}

/** The error of a path that no route serves. */
export function routeUnknown(method: string, url: string): TowpathError {
  return new TowpathError({
    code: 'ROUTE_UNKNOWN',
    message: `There is no ${method} ${url.split('?')[0]?.slice(0, 200)}.`,
    fix: 'Check the address; client and server may have different versions.',
  });
}

/** The problem document of an error. */
export function formatProblem(error: TowpathError): Problem {
  return {
    type: `urn:towpath:error:${error.code}`,
    title: error.message,
    status: statusOf(error.code),
    code: error.code,
    ...(error.reason === undefined ? {} : { detail: error.reason }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    ...(error.docs === undefined ? {} : { docs: error.docs }),
    ...(error instanceof LogOffsetWrong ? { length: error.length } : {}),
  };
}

function toTowpathError(thrown: unknown): TowpathError {
  const translated = translateDatabaseError(thrown);
  if (translated instanceof TowpathError) return translated;
  const facts = FRAMEWORK_ERRORS[readCode(thrown)];
  if (facts) return new TowpathError(facts, { cause: thrown });
  if (isClientError(thrown)) {
    return new TowpathError({
      code: 'REQUEST_INVALID',
      message: 'The request can not be read.',
      cause: thrown.message,
    });
  }
  return new TowpathError({
    code: 'INTERNAL_ERROR',
    message: 'Something failed that Towpath did not expect.',
    fix: 'The cause is in the log of the server.',
  });
}

const FRAMEWORK_ERRORS: Readonly<Record<string, { code: string; message: string; fix: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'BODY_TOO_LARGE',
    message: 'The body of the request is too large.',
    fix: 'Send less, or in several requests.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'MEDIA_TYPE_UNSUPPORTED',
    message: 'The content type of the request is not known here.',
    fix: 'Send application/json, or application/octet-stream for a log.',
  },
};

function readCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

// Fastify's own 4xx errors (malformed JSON, wrong length …) speak about the request only, so their text may be shown.
function isClientError(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return false;
  return Number(thrown.statusCode) >= 400 && Number(thrown.statusCode) < 500;
}
