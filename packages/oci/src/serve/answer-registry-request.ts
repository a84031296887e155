// The end-points of a registry: pull, push and list, nothing else. Errors have the specification's codes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { digestOf } from '../digest.ts';
import { type Descriptor, type Manifest, parseManifest } from '../manifest.ts';
import { readBytes } from '../registry/read-bytes.ts';
import type { ImageStore } from './image-store.ts';
import { isDigest, parseRegistryPath, type RegistryPath } from './parse-registry-path.ts';

interface Exchange {
  readonly store: ImageStore;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** What a client is told it did wrong. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Answers one request; throws only when the connection is gone. */
export async function answerRegistryRequest(
  store: ImageStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  try {
    const url = new URL(request.url ?? '', 'http://registry');
    // Nobody logs in here, so what a page in a browser sends must not count.
    if (request.headers.origin !== undefined) throw new Refusal(403, 'DENIED', 'Requests of web pages are refused.');
    const path = parseRegistryPath(url.pathname);
    if (path === undefined) throw new Refusal(404, 'NAME_INVALID', 'There is no such end-point, or no such name.');
    await answer({ store, request, response, query: url.searchParams }, path);
  } catch (thrown) {
    if (response.headersSent) throw thrown;
    const refusal = thrown instanceof Refusal ? thrown : toRefusal(thrown);
    const errors = [{ code: refusal.code, message: refusal.message }];
    reply(response, refusal.status, Buffer.from(JSON.stringify({ errors })), { 'content-type': 'application/json' });
  }
}

function toRefusal(thrown: unknown): Refusal {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'DIGEST_WRONG') return new Refusal(400, 'DIGEST_INVALID', message);
  if (code === 'IMAGE_MANIFEST_INVALID') return new Refusal(400, 'MANIFEST_INVALID', message);
  return new Refusal(500, 'UNKNOWN', message);
}

async function answer(exchange: Exchange, path: RegistryPath): Promise<void> {
  const method = exchange.request.method ?? '';
  const isRead = method === 'GET' || method === 'HEAD';
  if (path.kind === 'base' && isRead) return reply(exchange.response, 200);
  if (path.kind === 'manifest' && isRead) return await sendManifest(exchange, path);
  if (path.kind === 'manifest' && method === 'PUT') return await takeManifest(exchange, path);
  if (path.kind === 'blob' && isRead) return await sendBlob(exchange, path.digest);
  if (path.kind === 'tags' && isRead) return await sendTags(exchange, path.repository);
  if (path.kind === 'uploads' && method === 'POST') return await beginUpload(exchange, path.repository);
  if (path.kind === 'upload' && method === 'PATCH') return await takeChunk(exchange, path);
  if (path.kind === 'upload' && method === 'PUT') return await finishUpload(exchange, path);
  throw new Refusal(405, 'UNSUPPORTED', `This registry has no ${method} of it.`);
}

async function sendManifest(
  { store, request, response }: Exchange,
  { repository, reference }: { readonly repository: string; readonly reference: string },
): Promise<void> {
  const digest = isDigest(reference) ? reference : await store.findTag(repository, reference);
  const stored = digest === undefined ? undefined : await store.findManifest(repository, digest);
  if (stored === undefined || digest === undefined)
    throw new Refusal(404, 'MANIFEST_UNKNOWN', `There is no ${reference} of ${repository}.`);
  const headers = { 'content-type': stored.mediaType, 'docker-content-digest': digest };
  reply(response, 200, Buffer.from(stored.bytes), headers, request.method === 'HEAD');
}

/** As the specification wants of registries at least. */
const MANIFEST_BYTES = 4 * 1024 * 1024;

async function takeManifest(
  { store, request, response }: Exchange,
  { repository, reference }: { readonly repository: string; readonly reference: string },
): Promise<void> {
  const bytes = await readBytes(request, MANIFEST_BYTES);
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const digest = digestOf(bytes);
  if (isDigest(reference) && reference !== digest) throw new Refusal(400, 'DIGEST_INVALID', `It is ${digest}.`);
  const manifest = parseManifest({ mediaType, digest, bytes });
  await expectParts(store, repository, manifest);
  await store.putManifest(repository, digest, { mediaType, bytes });
  if (!isDigest(reference)) await store.putTag(repository, reference, digest);
  const location = `/v2/${repository}/manifests/${digest}`;
  reply(response, 201, undefined, { location, 'docker-content-digest': digest });
}

/** A name is given to what is complete only. */
async function expectParts(store: ImageStore, repository: string, manifest: Manifest): Promise<void> {
  const isThere = async ({ digest, urls }: Descriptor): Promise<boolean> => {
    if (manifest.kind === 'index') return (await store.findManifest(repository, digest)) !== undefined;
    // Content that its licence keeps elsewhere is named only.
    return urls !== undefined || (await store.findSize(digest)) !== undefined;
  };
  const parts = manifest.kind === 'index' ? manifest.manifests : [manifest.config, ...manifest.layers];
  for (const part of parts)
    if (!(await isThere(part))) throw new Refusal(404, 'MANIFEST_BLOB_UNKNOWN', `${part.digest} has not been sent.`);
}

async function sendBlob({ store, request, response }: Exchange, digest: string): Promise<void> {
  const size = await store.findSize(digest);
  if (size === undefined) throw new Refusal(404, 'BLOB_UNKNOWN', `There is no ${digest}.`);
  const from = Number(/^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const isPart = from > 0 && from < size;
  const start = isPart ? from : 0;
  response.writeHead(isPart ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': size - start,
    'accept-ranges': 'bytes',
    'docker-content-digest': digest,
    ...(isPart && { 'content-range': `bytes ${start}-${size - 1}/${size}` }),
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(store.openBlob(digest, start), response);
}

async function sendTags({ store, request, response }: Exchange, repository: string): Promise<void> {
  const tags = await store.listTags(repository);
  if (tags === undefined) throw new Refusal(404, 'NAME_UNKNOWN', `There is no ${repository}.`);
  const body = Buffer.from(JSON.stringify({ name: repository, tags }));
  reply(response, 200, body, { 'content-type': 'application/json' }, request.method === 'HEAD');
}

/** With `mount`, a blob that is here already needs no upload; with `digest`, the body is all of it. */
async function beginUpload(exchange: Exchange, repository: string): Promise<void> {
  const { store, response, query, request } = exchange;
  const mounted = query.get('mount');
  if (isDigest(mounted) && (await store.findSize(mounted)) !== undefined) {
    request.resume();
    return replyStored(response, repository, mounted);
  }
  const upload = await store.beginUpload();
  if (query.has('digest')) return await finishUpload(exchange, { repository, upload });
  request.resume();
  replyUpload(response, repository, { upload, length: 0 });
}

async function takeChunk(
  { store, request, response }: Exchange,
  { repository, upload }: { readonly repository: string; readonly upload: string },
): Promise<void> {
  const length = await store.append(upload, request);
  if (length === undefined) throw new Refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'There is no such upload.');
  replyUpload(response, repository, { upload, length });
}

async function finishUpload(
  { store, request, response, query }: Exchange,
  { repository, upload }: { readonly repository: string; readonly upload: string },
): Promise<void> {
  const digest = query.get('digest');
  if (!isDigest(digest)) throw new Refusal(400, 'DIGEST_INVALID', 'The digest must be one of SHA-256.');
  if ((await store.append(upload, request)) === undefined)
    throw new Refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'There is no such upload.');
  await store.finishUpload(upload, digest);
  replyStored(response, repository, digest);
}

function replyUpload(
  response: ServerResponse,
  repository: string,
  { upload, length }: { readonly upload: string; readonly length: number },
): void {
  const location = `/v2/${repository}/blobs/uploads/${upload}`;
  // "0-0" for nothing, too: clients of Docker expect it.
  const range = `0-${Math.max(0, length - 1)}`;
  reply(response, 202, undefined, { location, range, 'docker-upload-uuid': upload });
}

function replyStored(response: ServerResponse, repository: string, digest: string): void {
  const location = `/v2/${repository}/blobs/${digest}`;
  reply(response, 201, undefined, { location, 'docker-content-digest': digest });
}

function reply(
  response: ServerResponse,
  status: number,
  body?: Buffer,
  headers: Readonly<Record<string, string>> = {},
  isHead = false,
): void {
  response.writeHead(status, { ...headers, 'content-length': body?.length ?? 0 });
  response.end(isHead ? undefined : body);
}
