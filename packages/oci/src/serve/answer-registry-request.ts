// The end-points of a registry: pull, push and list, nothing else. Errors have the specification's codes.
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { digestOf } from '../digest.ts';
import { type Descriptor, type Manifest, parseManifest } from '../manifest.ts';
import { readBytes } from '../registry/read-bytes.ts';
import type { ImageStore } from './image-store.ts';
import { isDigest, parseRegistryPath, type RegistryPath } from './parse-registry-path.ts';
import { RegistryRefusal, toRefusal } from './registry-refusal.ts';

interface Exchange extends RegistryPath {
  readonly store: ImageStore;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** By method and end-point; HEAD is answered as GET, without the body. */
const HANDLERS: Readonly<Record<string, (exchange: Exchange) => Promise<void> | void>> = {
  'GET base': ({ response }) => reply(response, { status: 200 }),
  'GET manifest': sendManifest,
  'PUT manifest': takeManifest,
  'GET blob': sendBlob,
  'GET tags': sendTags,
  'POST uploads': beginUpload,
  'PATCH upload': takeChunk,
  'PUT upload': finishUpload,
};

/** Answers one request; throws only when the connection is gone. */
export async function answerRegistryRequest(
  { store, writePassword }: { readonly store: ImageStore; readonly writePassword: string | undefined },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  try {
    const { method = '', url: target = '', headers } = request;
    const url = URL.parse(`http://registry${target}`);
    // Nobody logs in here, so what a page in a browser sends must not count.
    if (headers.origin !== undefined) throw new RegistryRefusal('DENIED', 'Requests of web pages are refused.');
    const isRead = method === 'GET' || method === 'HEAD';
    if (!isRead && !mayWrite(headers.authorization, writePassword)) {
      response.setHeader('www-authenticate', 'Basic realm="towpath"');
      throw new RegistryRefusal('UNAUTHORIZED', 'Who writes to this registry has to log in.');
    }
    const path = url === null ? undefined : parseRegistryPath(url.pathname);
    if (url === null || path === undefined)
      throw new RegistryRefusal('NAME_INVALID', 'There is no such end-point, or no such name.');
    const handle = HANDLERS[`${method === 'HEAD' ? 'GET' : method} ${path.endpoint}`];
    if (handle === undefined) throw new RegistryRefusal('UNSUPPORTED', `This registry has no ${method} of it.`);
    await handle({ ...path, store, request, response, query: url.searchParams });
  } catch (thrown) {
    if (response.headersSent) throw thrown;
    const { status, code, message } = toRefusal(thrown);
    const body = Buffer.from(JSON.stringify({ errors: [{ code, message }] }));
    reply(response, { status, body, headers: { 'content-type': 'application/json' } });
  }
}

function mayWrite(authorization: string | undefined, password: string | undefined): boolean {
  if (password === undefined) return true;
  const given = Buffer.from(/^Basic (.+)$/i.exec(authorization ?? '')?.[1] ?? '', 'base64').toString('utf8');
  const [ours, theirs] = [password, given.slice(given.indexOf(':') + 1)].map((text) => digestOf(Buffer.from(text)));
  return timingSafeEqual(Buffer.from(ours ?? ''), Buffer.from(theirs ?? ''));
}

async function sendManifest({ store, request, response, repository, name }: Exchange): Promise<void> {
  const digest = isDigest(name) ? name : await store.findTag(repository, name);
  const stored = digest === undefined ? undefined : await store.findManifest(repository, digest);
  if (stored === undefined || digest === undefined)
    throw new RegistryRefusal('MANIFEST_UNKNOWN', `There is no ${name} of ${repository}.`);
  const headers = { 'content-type': stored.mediaType, 'docker-content-digest': digest };
  reply(response, { status: 200, body: stored.bytes, headers, isHead: request.method === 'HEAD' });
}

/** As the specification wants of registries at least. */
const MANIFEST_BYTES = 4 * 1024 * 1024;

async function takeManifest({ store, request, response, repository, name }: Exchange): Promise<void> {
  const bytes = await readBytes(request, MANIFEST_BYTES);
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const digest = digestOf(bytes);
  if (isDigest(name) && name !== digest) throw new RegistryRefusal('DIGEST_INVALID', `It is ${digest}.`);
  await expectParts(store, repository, parseManifest({ mediaType, digest, bytes }));
  await store.putManifest(repository, digest, { mediaType, bytes });
  if (!isDigest(name)) await store.putTag(repository, name, digest);
  replyCreated(response, `/v2/${repository}/manifests/${digest}`, digest);
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
    if (!(await isThere(part))) throw new RegistryRefusal('MANIFEST_BLOB_UNKNOWN', `${part.digest} was not sent.`);
}

async function sendBlob({ store, request, response, name: digest }: Exchange): Promise<void> {
  const size = await store.findSize(digest);
  if (size === undefined) throw new RegistryRefusal('BLOB_UNKNOWN', `There is no ${digest}.`);
  const from = Number(/^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const start = from < size ? from : 0;
  response.writeHead(start > 0 ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': size - start,
    'accept-ranges': 'bytes',
    'docker-content-digest': digest,
    ...(start > 0 && { 'content-range': `bytes ${start}-${size - 1}/${size}` }),
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(store.openBlob(digest, start), response);
}

async function sendTags({ store, request, response, repository }: Exchange): Promise<void> {
  const tags = await store.listTags(repository);
  if (tags === undefined) throw new RegistryRefusal('NAME_UNKNOWN', `There is no ${repository}.`);
  const body = Buffer.from(JSON.stringify({ name: repository, tags }));
  const headers = { 'content-type': 'application/json' };
  reply(response, { status: 200, body, headers, isHead: request.method === 'HEAD' });
}

/** With `mount`, a blob that is here already needs no upload; with `digest`, the body is all of it. */
async function beginUpload(exchange: Exchange): Promise<void> {
  const { store, response, query, request, repository } = exchange;
  const mounted = query.get('mount');
  if (isDigest(mounted) && (await store.findSize(mounted)) !== undefined) {
    request.resume();
    return replyCreated(response, `/v2/${repository}/blobs/${mounted}`, mounted);
  }
  const name = await store.beginUpload();
  if (query.has('digest')) return await finishUpload({ ...exchange, name });
  request.resume();
  replyUpload(response, `/v2/${repository}/blobs/uploads/${name}`, 0);
}

async function takeChunk({ store, request, response, repository, name }: Exchange): Promise<void> {
  const from = /^(?:bytes )?(\d{1,15})-\d{1,15}(?:\/.*)?$/.exec(request.headers['content-range'] ?? '')?.[1];
  const length = await append(store, name, request, from === undefined ? undefined : Number(from));
  replyUpload(response, `/v2/${repository}/blobs/uploads/${name}`, length);
}

async function finishUpload({ store, request, response, query, repository, name }: Exchange): Promise<void> {
  const digest = query.get('digest');
  if (!isDigest(digest)) throw new RegistryRefusal('DIGEST_INVALID', 'The digest must be one of SHA-256.');
  await append(store, name, request);
  await store.finishUpload(name, digest);
  replyCreated(response, `/v2/${repository}/blobs/${digest}`, digest);
}

async function append(store: ImageStore, upload: string, request: IncomingMessage, from?: number): Promise<number> {
  const length = await store.append(upload, request, from);
  if (length === undefined) throw new RegistryRefusal('BLOB_UPLOAD_UNKNOWN', 'There is no such upload.');
  return length;
}

function replyUpload(response: ServerResponse, location: string, length: number): void {
  // "0-0" for nothing, too: clients of Docker expect it.
  reply(response, { status: 202, headers: { location, range: `0-${Math.max(0, length - 1)}` } });
}

function replyCreated(response: ServerResponse, location: string, digest: string): void {
  reply(response, { status: 201, headers: { location, 'docker-content-digest': digest } });
}

interface Reply {
  readonly status: number;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isHead?: boolean;
}

function reply(response: ServerResponse, { status, body, headers, isHead }: Reply): void {
  response.writeHead(status, { ...headers, 'content-length': body?.length ?? 0 });
  response.end(isHead ? undefined : body);
}
