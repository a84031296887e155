// The console: files from a folder, and its start page for every address that is not a file (it routes in the browser).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { routeUnknown } from './problem-reply.ts';
import { registerPublicFiles } from './register-route.ts';

/** Names with a hash in them never change. */
const ASSET_CACHE = 'public, max-age=31536000, immutable';
/** Everything else is asked for anew each time. */
const PAGE_CACHE = 'no-cache';

/** Serves the console at every path the API does not use; without a folder it says how to build one. */
export async function registerConsoleFiles(app: FastifyInstance, consoleFolder: string | undefined): Promise<void> {
  if (consoleFolder === undefined || !existsSync(join(consoleFolder, 'index.html'))) {
    registerPublicFiles(app, '/*', (request, reply) => answerMissingConsole(request, reply));
    return;
  }
  // It only adds reply.sendFile; its own routes would pass by the permission check.
  await app.register(fastifyStatic, {
    root: consoleFolder,
    serve: false,
    cacheControl: false,
    // The build writes app.js.br and app.js.gz beside app.js; one without them is sent as it is.
    preCompressed: true,
    // Both come from time and size, which an npm package makes equal in every version: a browser would keep the old page.
    etag: false,
    lastModified: false,
  });
  registerPublicFiles(app, '/*', (request, reply) => answerFile(request, reply));
}

async function answerFile(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const path = parsePagePath(request);
  const file = /\.[a-z0-9]+$/i.test(path) ? path : 'index.html';
  reply.header('cache-control', file.startsWith('/assets/') ? ASSET_CACHE : PAGE_CACHE);
  return reply.sendFile(file);
}

async function answerMissingConsole(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  parsePagePath(request);
  return reply.status(503).type('text/html; charset=utf-8').send(MISSING_CONSOLE);
}

// An unknown address below /api is a mistake of a program: it gets a problem document, never a page.
function parsePagePath(request: FastifyRequest): string {
  const path = request.url.split('?')[0] ?? '/';
  if (path === '/api' || path.startsWith('/api/')) throw routeUnknown(request.method, request.url);
  return path;
}

const MISSING_CONSOLE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Towpath: the console is not built</title></head>
<body>
<h1>The console is not built</h1>
<p>The server runs, but the files of its console are absent.</p>
<p>Build them with <code>npm run build -w @towpath/console</code>, then start the server again.</p>
</body>
</html>
`;
