// A registry over the OCI distribution API 1.1: names to digests, manifests and blobs in and out, each checked.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { checkDigest, createDigestCheck, digestOf } from '../digest.ts';
import { ACCEPTED, type Descriptor, type StoredManifest } from '../manifest.ts';
import type { FindCredentials } from '../registry-credentials.ts';
import { createAuthorisation } from './authorisation.ts';
import type { DialRequest, RequestBody } from './dial.ts';
import { readBytes } from './read-bytes.ts';
import { registryUnreachable, toRegistryError } from './registry-error.ts';
import { isLoopbackHost, parseRegistryLocation, type RegistryLocation } from './registry-location.ts';

export interface RegistryOptions {
  /** `host[:port][/path]` */
  readonly address: string;
  readonly findCredentials: FindCredentials;
  readonly signal?: AbortSignal | undefined;
}

/** Repositories are named without the registry's path. Every method throws `REGISTRY_UNREACHABLE`, `REGISTRY_UNAUTHORISED`, `REGISTRY_REFUSED`. */
export interface Registry {
  readonly location: RegistryLocation;
  /** By tag or digest; undefined when it is not there. @throws TowpathError `DIGEST_WRONG` */
  findManifest(repository: string, reference: string): Promise<StoredManifest | undefined>;
  /** Under its tag where one is given, else by digest. @throws TowpathError `DIGEST_WRONG` */
  putManifest(repository: string, manifest: StoredManifest, tag?: string): Promise<void>;
  hasBlob(repository: string, digest: string): Promise<boolean>;
  /** Fails at its end with `DIGEST_WRONG` when the content is another. */
  openBlob(repository: string, descriptor: Pick<Descriptor, 'digest' | 'size'>): Promise<Readable>;
  /** Nothing is kept of a body that fails, or that is another than its digest says. */
  putBlob(repository: string, digest: string, body: RequestBody): Promise<void>;
  /** Empty when there is no such repository. */
  listTags(repository: string): Promise<readonly string[]>;
}

/** Opens no connection before something is asked. @throws TowpathError `REGISTRY_INVALID` */
export function createRegistry(options: RegistryOptions): Registry {
  const location = parseRegistryLocation(options.address);
  const connection = { ask: createAsk(location, options), location };
  return {
    location,
    findManifest: async (repository, reference) => await findManifest(connection, repository, reference),
    putManifest: async (repository, manifest, tag) => await putManifest(connection, repository, manifest, tag),
    hasBlob: async (repository, digest) => await hasBlob(connection, repository, digest),
    openBlob: async (repository, descriptor) => await openBlob(connection, repository, descriptor),
    putBlob: async (repository, digest, body) => await putBlob(connection, repository, { digest, body }),
    listTags: async (repository) => await listTags(connection, repository),
  };
}

/** Of a repository: `path` below it, or a whole `url` that the registry gave. */
type Asked = Pick<DialRequest, 'method' | 'headers' | 'body'> & { readonly path: string | URL };
type Ask = (repository: string, asked: Asked) => Promise<IncomingMessage>;

interface Connection {
  readonly ask: Ask;
  readonly location: RegistryLocation;
}

function createAsk(location: RegistryLocation, options: RegistryOptions): Ask {
  const { send } = createAuthorisation({ ...options, location });
  return (repository, { path, ...request }) => {
    const name = `${location.prefix}${repository}`;
    const url = typeof path === 'string' ? new URL(`${location.origin}/v2/${name}${path}`) : path;
    const access = request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'pull,push';
    return send({ ...request, url, signal: options.signal }, `repository:${name}:${access}`);
  };
}

/** A manifest of more is none: the specification demands of registries to take 4 MiB. */
const MANIFEST_BYTES = 4 * 1024 * 1024;

async function findManifest(
  { ask, location }: Connection,
  repository: string,
  reference: string,
): Promise<StoredManifest | undefined> {
  const headers = { accept: ACCEPTED };
  const response = await ask(repository, { method: 'GET', path: `/manifests/${reference}`, headers });
  if (response.statusCode === 404) return drop(response, undefined);
  await expectStatus(response, 200, { location, what: `read ${repository} ${reference}` });
  const bytes = await readBytes(response, MANIFEST_BYTES);
  const said = response.headers['docker-content-digest'];
  const digest = reference.startsWith('sha256:') ? reference : typeof said === 'string' ? said : digestOf(bytes);
  checkDigest(bytes, digest, `The manifest ${reference} of ${location.authority}/${repository}`);
  const mediaType = (response.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  return { mediaType, digest, bytes };
}

async function putManifest(
  { ask, location }: Connection,
  repository: string,
  manifest: StoredManifest,
  tag = manifest.digest,
): Promise<void> {
  checkDigest(manifest.bytes, manifest.digest, 'The manifest to be stored');
  const response = await ask(repository, {
    method: 'PUT',
    path: `/manifests/${tag}`,
    headers: { 'content-type': manifest.mediaType },
    body: { size: manifest.bytes.length, open: () => toStream(manifest.bytes) },
  });
  drop(await expectStatus(response, 201, { location, what: `take the manifest of ${repository} ${tag}` }), undefined);
}

async function hasBlob({ ask, location }: Connection, repository: string, digest: string): Promise<boolean> {
  const response = await ask(repository, { method: 'HEAD', path: `/blobs/${digest}` });
  if (response.statusCode === 404) return drop(response, false);
  return drop(await expectStatus(response, 200, { location, what: `say whether it has ${digest}` }), true);
}

async function openBlob(
  { ask, location }: Connection,
  repository: string,
  descriptor: Pick<Descriptor, 'digest' | 'size'>,
): Promise<Readable> {
  const response = await ask(repository, { method: 'GET', path: `/blobs/${descriptor.digest}` });
  await expectStatus(response, 200, { location, what: `read ${descriptor.digest} of ${repository}` });
  const check = createDigestCheck(descriptor, `The blob ${descriptor.digest} of ${location.authority}/${repository}`);
  response.once('error', (thrown) => check.destroy(thrown));
  check.once('close', () => response.destroy());
  return response.pipe(check);
}

async function putBlob(
  { ask, location }: Connection,
  repository: string,
  { digest, body }: { readonly digest: string; readonly body: RequestBody },
): Promise<void> {
  const expected = { location, what: `take ${digest} for ${repository}` };
  const nothing: RequestBody = { size: 0, open: () => toStream(new Uint8Array()) };
  const started = await ask(repository, { method: 'POST', path: '/blobs/uploads/', body: nothing });
  await expectStatus(started, 202, expected);
  const path = toUploadUrl(drop(started, started.headers.location ?? ''), location);
  path.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  const stored = await ask(repository, { method: 'PUT', path, headers, body });
  drop(await expectStatus(stored, 201, expected), undefined);
}

function toUploadUrl(text: string, { origin }: RegistryLocation): URL {
  const url = new URL(text, origin);
  if (url.protocol === 'https:' || isLoopbackHost(url.hostname)) return url;
  throw registryUnreachable(url, new Error('it wants blobs to be sent there, without encryption'));
}

const Tags = z.object({ tags: z.array(z.string()).nullish() });

async function listTags({ ask, location }: Connection, repository: string): Promise<readonly string[]> {
  const tags: string[] = [];
  let path: string | URL | undefined = '/tags/list';
  while (path !== undefined) {
    const response: IncomingMessage = await ask(repository, { method: 'GET', path });
    if (response.statusCode === 404) return drop(response, tags);
    await expectStatus(response, 200, { location, what: `list the tags of ${repository}` });
    tags.push(...(Tags.parse(JSON.parse((await readBytes(response, MANIFEST_BYTES)).toString('utf8'))).tags ?? []));
    const next = /<([^>]+)>;\s*rel="?next"?/.exec(String(response.headers.link ?? ''))?.[1];
    path = next === undefined ? undefined : new URL(next, location.origin);
  }
  return tags;
}

async function expectStatus(
  response: IncomingMessage,
  status: number,
  { location, what }: { readonly location: RegistryLocation; readonly what: string },
): Promise<IncomingMessage> {
  if (response.statusCode === status) return response;
  throw await toRegistryError(response, location.authority, what);
}

/** Lets the connection be used again. */
function drop<T>(response: IncomingMessage, value: T): T {
  response.resume();
  return value;
}

function toStream(bytes: Uint8Array): Readable {
  return Readable.from([Buffer.from(bytes)], { objectMode: false });
}
