// The end of a sign-in for a command line: a page of this machine that the browser is sent to (RFC 8252, loopback).
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TowpathError } from '@towpath/core';

/** Waits on a port of this machine. */
export interface LoginListener {
  readonly port: number;
  /**
   * The code that the browser brings.
   *
   * @throws TowpathError the problem that it brings, `LOGIN_TIMEOUT`, `LOGIN_INTERRUPTED`
   */
  readonly code: Promise<string>;
  close(): void;
}

/** As long as the server keeps a sign-in. */
const WAIT_MS = 600_000;

/** Starts to listen; close it. */
export async function listenForLogin(signal: AbortSignal): Promise<LoginListener> {
  const found = Promise.withResolvers<string>();
  // Whoever waits hears of it; until then nobody does.
  found.promise.catch(() => undefined);
  const server = createServer((request, response) => {
    const answer = request.method === 'GET' ? readAnswer(request.url ?? '/') : undefined;
    response
      .writeHead(answer ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
      .end(answer ? describe(answer) : 'Nothing is here.');
    if (answer && 'code' in answer) found.resolve(answer.code);
    else if (answer) found.reject(failed(answer.problem));
  });
  const timer = setTimeout(() => found.reject(timedOut()), WAIT_MS);
  const interrupt = () => found.reject(interrupted());
  signal.addEventListener('abort', interrupt, { once: true });
  const close = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
    server.close();
  };
  return { port: await listen(server), code: found.promise, close };
}

type Answer = { readonly code: string } | { readonly problem: string };

function readAnswer(address: string): Answer | undefined {
  const { pathname, searchParams } = new URL(address, 'http://localhost');
  const code = searchParams.get('code');
  const problem = searchParams.get('problem');
  if (pathname !== '/') return undefined;
  if (code !== null) return { code };
  return problem === null ? undefined : { problem };
}

function describe(answer: Answer): string {
  return 'code' in answer ? 'You are signed in. Close this page.' : 'The sign-in failed; the terminal says more.';
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return address.port;
}

function failed(problem: string): TowpathError {
  // It came by an address that anybody on this machine could open: only what looks like a code is repeated.
  const code = /^[A-Z_]{1,60}$/.test(problem) ? problem : 'LOGIN_REFUSED';
  return new TowpathError({
    code,
    message: 'The sign-in failed.',
    cause: 'It was refused in the browser, or the server said so there; its log has the reason.',
    fix: 'Sign in again.',
  });
}

function timedOut(): TowpathError {
  return new TowpathError({
    code: 'LOGIN_TIMEOUT',
    message: 'Nobody signed in within ten minutes.',
    fix: 'Sign in again, with a browser on this machine.',
  });
}

function interrupted(): TowpathError {
  return new TowpathError({
    code: 'LOGIN_INTERRUPTED',
    message: 'The sign-in was interrupted.',
    fix: 'Sign in again.',
  });
}
