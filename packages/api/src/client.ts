// The typed client: one function for every contract. Used by agent, CLI and console; needs only fetch.
import { TOWPATH, TowpathError } from '@towpath/core';
import type { z } from 'zod';
import type { RouteContract } from './contract.ts';
import { Problem } from './problem.ts';

/** How to reach a server. `headers` is asked before each request (bearer token, CSRF). */
export interface ClientOptions {
  /** `http://127.0.0.1:8080`, or empty in a browser. */
  readonly baseUrl: string;
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly fetch?: typeof globalThis.fetch;
}

type Input<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a call carries: only the parts its contract declares. */
export interface CallInput<P, Q, B> {
  readonly params?: Input<P>;
  readonly query?: Input<Q>;
  readonly body?: Input<B>;
  /** Bytes instead of a JSON body. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

export interface Client {
  /**
   * Calls a route and parses its reply.
   *
   * @throws TowpathError with the server's code, `SERVER_UNREACHABLE`, or `REPLY_INVALID` when something else answers
   */
  call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    route: RouteContract<P, Q, B, R>,
    input?: CallInput<P, Q, B>,
  ): Promise<z.output<R>>;
  /** The same request, unparsed: for logs, event streams and the headers of an answer. Errors as `call`. */
  send<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    route: RouteContract<P, Q, B, R>,
    input?: CallInput<P, Q, B>,
  ): Promise<Response>;
}

/** An error the server answered; `status` and the whole problem are kept for callers that decide by them. */
export class ApiError extends TowpathError {
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super({ code: problem.code, message: problem.title, cause: problem.detail, fix: problem.fix, docs: problem.docs });
    this.status = problem.status;
    this.problem = problem;
  }
}

/** Creates a client; it holds no connection of its own and needs no closing. */
export function createClient(options: ClientOptions): Client {
  const send: Client['send'] = async (route, input = {}) => {
    const response = await request(options, route, input);
    if (!response.ok) throw await readProblem(response);
    return response;
  };
  return {
    send,
    call: async (route, input) => {
      const response = await send(route, input);
      const parsed = route.reply.safeParse(await readJson(response));
      if (!parsed.success) throw invalidReply(response, parsed.error.message);
      return parsed.data;
    },
  };
}

async function request(
  options: ClientOptions,
  route: RouteContract,
  input: CallInput<never, never, never>,
): Promise<Response> {
  const { bytes, signal } = input;
  const body: unknown = input.body ?? (route.body ? {} : undefined);
  const headers: Record<string, string> = { ...options.headers?.() };
  if (bytes) headers['content-type'] = 'application/octet-stream';
  else if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await (options.fetch ?? fetch)(options.baseUrl + formatPath(route.path, input.params, input.query), {
      method: route.method,
      headers,
      body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
      signal: signal ?? null,
    });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw unreachable(options.baseUrl, thrown);
  }
}

function formatPath(path: string, params: unknown, query: unknown): string {
  const values = new Map(Object.entries(params ?? {}));
  const filled = path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(String(values.get(name) ?? '')));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `${filled}?${search}` : filled;
}

async function readProblem(response: Response): Promise<TowpathError> {
  const parsed = Problem.safeParse(await readJson(response).catch(() => undefined));
  return parsed.success ? new ApiError(parsed.data) : invalidReply(response, `HTTP status ${response.status}`);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (thrown) {
    throw invalidReply(response, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function invalidReply(response: Response, cause: string): TowpathError {
  return new TowpathError({
    code: 'REPLY_INVALID',
    message: `${response.url || 'The server'} did not answer as a Towpath server does.`,
    cause,
    fix: 'Check the address of the server, and that both sides run versions that fit together.',
  });
}

function unreachable(baseUrl: string, thrown: unknown): TowpathError {
  const cause = thrown instanceof Error ? describeCause(thrown) : String(thrown);
  return new TowpathError(
    {
      code: 'SERVER_UNREACHABLE',
      message: `No server answers at ${baseUrl || 'this address'}.`,
      cause,
      fix: `Start it with \`${TOWPATH} dev\`, or set TOWPATH_SERVER to its address.`,
    },
    { cause: thrown },
  );
}

function describeCause(error: Error): string {
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}
