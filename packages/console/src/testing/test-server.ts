// A small server that speaks the contract from memory, for the console's own tests: it serves the built files with the
// content security policy of the real one, and can be told to be slow, to fail, or to hang up.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CSRF_HEADER, type EventView, GetLoginOptions, PROBLEM_MEDIA_TYPE, type SessionView } from '@towpath/api';
import type { Reply } from './answers.ts';
import type { World } from './fixtures.ts';
import { answerRoute } from './test-routes.ts';

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** How the server behaves from now on. */
export interface Behaviour {
  /** Answers of the API wait until this is false again. */
  isHanging: boolean;
  /** Every answer of the API but the session is this problem. */
  problem: { status: number; code: string; title: string; detail?: string; fix?: string } | undefined;
  isSignedIn: boolean;
  role: SessionView['role'];
  /** Of sign-ins; null: there is none. */
  provider: string | null;
  /** One-time links that still open the console. */
  links: Set<string>;
}

export interface TestServer {
  readonly url: string;
  readonly world: World;
  readonly behaviour: Behaviour;
  /** Bodies of requests that changed something, in order. */
  readonly received: { readonly path: string; readonly body: unknown; readonly csrf: string | undefined }[];
  /** Sends an event to every open stream. */
  readonly emit: (kind: EventView['kind'], runId?: string) => void;
  /** Ends all open streams and refuses new ones until `accept`. */
  readonly hangUp: () => void;
  readonly accept: () => void;
  readonly close: () => Promise<void>;
}

/** Starts the server on a free port of the loopback interface; it serves the files of `folder`. */
export async function startTestServer(world: World, folder: string = DIST): Promise<TestServer> {
  const state = new TestServerState(world, folder);
  const server = createServer((request, response) => {
    void state.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    world,
    behaviour: state.behaviour,
    received: state.received,
    emit: (kind, runId) => state.emit(kind, runId),
    hangUp: () => state.hangUp(),
    accept: () => state.accept(),
    close: () => closeServer(server),
  };
}

class TestServerState {
  readonly behaviour: Behaviour = {
    isHanging: false,
    problem: undefined,
    isSignedIn: true,
    role: 'engineer',
    provider: null,
    links: new Set(['good-link']),
  };
  readonly received: { path: string; body: unknown; csrf: string | undefined }[] = [];
  readonly #world: World;
  readonly #folder: string;
  readonly #streams = new Set<ServerResponse>();
  #isRefusingStreams = false;
  #lastEventId = 100;

  constructor(world: World, folder: string) {
    this.#world = world;
    this.#folder = folder;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!url.pathname.startsWith('/api/')) return serveFile(this.#folder, url.pathname, response);
    const body = await readBody(request);
    await this.#hang(response);
    if (url.pathname === '/api/events') return this.#openStream(response);
    if (url.pathname === '/api/session' && request.method === 'POST') return this.#exchange(body, response);
    if (url.pathname === GetLoginOptions.path) return send(response, { json: { provider: this.behaviour.provider } });
    if (!this.behaviour.isSignedIn)
      return sendProblem(response, { status: 401, code: 'CREDENTIAL_MISSING', title: 'Nobody is signed in.' });
    if (request.method !== 'GET') {
      this.received.push({ path: url.pathname, body, csrf: request.headers[CSRF_HEADER]?.toString() });
    }
    if (url.pathname === '/api/session') return send(response, { json: this.#session() });
    if (this.behaviour.problem) return sendProblem(response, this.behaviour.problem);
    send(response, await answerRoute(this.#world, { method: request.method ?? 'GET', url, body }));
  }

  async #hang(response: ServerResponse): Promise<void> {
    while (this.behaviour.isHanging && !response.destroyed) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  emit(kind: EventView['kind'], runId?: string): void {
    this.#lastEventId += 1;
    const event: EventView = {
      id: String(this.#lastEventId),
      kind,
      at: new Date().toISOString(),
      environment: 'local',
      runId: runId ?? null,
      attemptId: null,
    };
    for (const stream of this.#streams) stream.write(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  hangUp(): void {
    this.#isRefusingStreams = true;
    for (const stream of this.#streams) stream.destroy();
  }

  accept(): void {
    this.#isRefusingStreams = false;
  }

  #session(): SessionView {
    return { name: 'console', role: this.behaviour.role, csrf: 'csrf-word', version: '0.1.0' };
  }

  #exchange(body: unknown, response: ServerResponse): void {
    const link = typeof body === 'object' && body !== null && 'link' in body ? String(body.link) : '';
    if (!this.behaviour.links.delete(link)) {
      const fix = 'Print a new link with `towpath console`.';
      sendProblem(response, { status: 401, code: 'LINK_INVALID', title: 'This link was used or is too old.', fix });
      return;
    }
    this.behaviour.isSignedIn = true;
    send(response, { json: this.#session() });
  }

  #openStream(response: ServerResponse): void {
    if (this.#isRefusingStreams || !this.behaviour.isSignedIn) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    // A short pause before the browser comes back keeps the tests short.
    response.write('retry: 200\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply.problem) sendProblem(response, reply.problem);
  else if (reply.bytes) response.writeHead(200, { 'content-type': 'text/plain', ...reply.headers }).end(reply.bytes);
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply.json));
}

function sendProblem(response: ServerResponse, problem: NonNullable<Reply['problem']>): void {
  response.writeHead(problem.status, { 'content-type': PROBLEM_MEDIA_TYPE });
  response.end(JSON.stringify({ type: `urn:towpath:${problem.code}`, ...problem }));
}

async function serveFile(folder: string, path: string, response: ServerResponse): Promise<void> {
  const file = normalize(join(folder, path));
  const isAsset = file.startsWith(normalize(folder)) && extname(path) !== '';
  const bytes = await readFile(isAsset ? file : join(folder, 'index.html')).catch(() => undefined);
  if (!bytes) {
    response.writeHead(404).end();
    return;
  }
  const type = MEDIA_TYPES[isAsset ? extname(path) : '.html'] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY });
  response.end(bytes);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : undefined;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
