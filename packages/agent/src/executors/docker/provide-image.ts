// The image of an attempt: what its name stands for now, by digest, and that the engine has it.
import { TowpathError } from '@towpath/core';
import {
  type DockerEngine,
  EngineError,
  type FindCredentials,
  formatImageReference,
  hasStatus,
  type ImageReference,
  parseImageReference,
} from '@towpath/oci';
import { z } from 'zod';
import type { WantedImage } from '../choose-image.ts';
import { ENTRY_LABEL, parseEntryKind } from './container-entry.ts';
import type { ContainerImage } from './container-spec.ts';

export interface ImageOptions {
  readonly engine: DockerEngine;
  readonly findCredentials: FindCredentials;
  readonly signal: AbortSignal;
}

/** @throws TowpathError `IMAGE_MISSING`, `IMAGE_PULL_UNAUTHORISED`, `IMAGE_PULL_FAILED`, `IMAGE_REFERENCE_INVALID`; EngineError when the engine is away */
export async function provideImage(wanted: WantedImage, options: ImageOptions): Promise<ContainerImage> {
  const asked = parseImageReference(wanted.reference);
  const headers = await toAuthHeaders(asked, options.findCredentials);
  const resolved = await resolveDigest(asked, wanted, { ...options, headers });
  const reference = formatImageReference(resolved);
  const known = await findImage(options.engine, reference);
  if (known !== undefined) return toProvided(known, wanted, resolved);
  if (resolved.digest === undefined) throw imageMissing(reference, 'No registry has it, nor does this engine.');
  await pull(resolved, { ...options, headers });
  const pulled = await findImage(options.engine, reference);
  if (pulled === undefined) throw imageMissing(reference, 'It was pulled, and then deleted from the engine.');
  return toProvided(pulled, wanted, resolved);
}

type Headers = Readonly<Record<string, string>>;
type Asking = ImageOptions & { readonly headers: Headers };

async function toAuthHeaders({ registry }: ImageReference, findCredentials: FindCredentials): Promise<Headers> {
  const credentials = registry === undefined ? undefined : await findCredentials(registry);
  if (credentials === undefined) return {};
  const text = JSON.stringify({ ...credentials, serveraddress: registry });
  // The alphabet of base64url, but padded: an engine takes what is not for no login at all.
  const padded = Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  return { 'x-registry-auth': padded };
}

const Distribution = z.object({ Descriptor: z.object({ digest: z.string() }) });

/** By digest where a registry knows the name; without one it is an image of this engine, where that may be. */
async function resolveDigest(asked: ImageReference, wanted: WantedImage, options: Asking): Promise<ImageReference> {
  if (asked.digest !== undefined) return asked;
  if (asked.registry === undefined) return asked;
  const { engine, headers, signal } = options;
  const name = formatImageReference(asked);
  try {
    const reply = await engine.send({ method: 'GET', path: `/distribution/${name}/json`, headers, signal });
    return { ...asked, digest: Distribution.parse(reply).Descriptor.digest };
  } catch (thrown) {
    const isAnswer = thrown instanceof EngineError && thrown.status !== undefined;
    if (!wanted.mayBeLocal || !isAnswer) throw translatePull(thrown, name);
    if ((await findImage(engine, name)) !== undefined) return asked;
    throw notBuilt(name, translatePull(thrown, name));
  }
}

const Image = z.object({
  Id: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

async function findImage(engine: DockerEngine, reference: string): Promise<z.infer<typeof Image> | undefined> {
  try {
    return Image.parse(await engine.send({ method: 'GET', path: `/images/${reference}/json` }));
  } catch (thrown) {
    if (hasStatus(thrown, 404)) return undefined;
    throw thrown;
  }
}

function toProvided(
  image: z.infer<typeof Image>,
  { reference }: WantedImage,
  resolved: ImageReference,
): ContainerImage {
  const labels = image.Config?.Labels ?? {};
  return { id: image.Id, entry: parseEntryKind(labels[ENTRY_LABEL]), labels, reference, digest: resolved.digest };
}

const PullProgress = z.object({ error: z.string().optional() });

async function pull(image: ImageReference, { engine, headers, signal }: Asking): Promise<void> {
  const name = formatImageReference(image);
  const query = { fromImage: name };
  try {
    const progress = await engine.open({ method: 'POST', path: '/images/create', query, headers, signal });
    let text = '';
    for await (const chunk of progress) text = `${text}${chunk}`.slice(-LONGEST_LINE);
    // It ends with an error where there was one, under status 200.
    const error = text.split('\n').map(readError).find(Boolean);
    if (error !== undefined) throw translateWords(name, error);
  } catch (thrown) {
    throw translatePull(thrown, name);
  }
}

const LONGEST_LINE = 65_536;

function readError(line: string): string | undefined {
  try {
    return PullProgress.safeParse(JSON.parse(line)).data?.error;
  } catch {
    return undefined;
  }
}

/** An engine without a login for the registry answers 500 (20.10), or 200 and this within a pull: only its words tell. */
const UNAUTHORISED = /no basic auth credentials|unauthorized|authentication required|access to the resource is denied/i;

function translatePull(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof EngineError) || thrown.status === undefined) return thrown;
  if (thrown.status === 404) return imageMissing(name, thrown.message);
  if (thrown.status === 401 || thrown.status === 403) return pullUnauthorised(name, thrown.message);
  return translateWords(name, thrown.message);
}

function translateWords(name: string, message: string): TowpathError {
  return UNAUTHORISED.test(message) ? pullUnauthorised(name, message) : pullFailed(name, message);
}

function imageMissing(name: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'IMAGE_MISSING',
    message: `There is no image ${name}.`,
    cause,
    fix: 'Publish it with `npx towpath datakit publish`, or correct registry, name or version.',
  });
}

/** On a laptop whoever has no registry has forgotten to build. A registry that says more than that it is away says what is wrong. */
function notBuilt(name: string, thrown: unknown): unknown {
  if (!(thrown instanceof TowpathError) || thrown.code === 'IMAGE_PULL_UNAUTHORISED') return thrown;
  return new TowpathError({
    code: 'IMAGE_MISSING',
    message: `There is no image ${name}, neither on this engine nor in a registry.`,
    cause: thrown.cause === undefined ? thrown.message : String(thrown.cause),
    fix: 'Build it: `npx towpath datakit build <datakit>`; `npx towpath up` builds those of the project by itself. A TypeScript task needs the runner: `npx towpath platform publish`, or `runnerImage`.',
  });
}

function pullUnauthorised(name: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'IMAGE_PULL_UNAUTHORISED',
    message: `The registry does not give out ${name}.`,
    cause,
    fix: 'Log in with `docker login` as the user that runs the agent, with an account that may pull it.',
  });
}

function pullFailed(name: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'IMAGE_PULL_FAILED',
    message: `The image ${name} could not be pulled.`,
    cause,
    fix: 'Check that the registry can be reached from the Docker engine, and its certificate.',
  });
}
