// Bytes that never become a request: too many headers, no HTTP at all. Node hands over the socket; the answer is a problem
// document like every other.
import type { Socket } from 'node:net';
import { PROBLEM_MEDIA_TYPE } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { formatProblem } from './problem-reply.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Answers and closes the connection; one that is gone already is left. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = formatProblem(describe(error.code));
  const body = JSON.stringify(problem);
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    connection: 'close',
  });
  const head = [
    `HTTP/1.1 ${problem.status} ${REASONS[problem.status] ?? 'Bad Request'}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const REASONS: Readonly<Record<number, string>> = { 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };

function describe(code: string | undefined): TowpathError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new TowpathError({
      code: 'HEADERS_TOO_LARGE',
      message: 'Address and headers of the request are too large.',
      cause: 'Together they may have 16 KiB.',
      fix: 'Shorten the address, or clear the cookies of this site.',
    });
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new TowpathError({
      code: 'REQUEST_TIMEOUT',
      message: 'The request did not arrive in time.',
      fix: 'Send it again.',
    });
  }
  return new TowpathError({
    code: 'REQUEST_INVALID',
    message: 'This is no HTTP request.',
    cause: code ?? 'It can not be read.',
  });
}
