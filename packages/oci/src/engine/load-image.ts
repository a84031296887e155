// An image into an engine, over its HTTP API: no docker program is needed.
import { type ClientRequest, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { TowpathError } from '@towpath/core';

/** How to reach an engine. */
export type EnginePlace =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls: EngineCertificates | undefined;
    };

interface EngineCertificates {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Loads an archive as `docker save` writes it. @throws TowpathError `ENGINE_UNREACHABLE`, `IMAGE_LOAD_FAILED` */
export async function loadImage(place: EnginePlace, archive: Readable): Promise<void> {
  const request = createRequest(place);
  const answer = new Promise<string>((resolve, reject) => {
    request.once('error', (thrown) => reject(unreachable(thrown)));
    request.once('response', (response) => {
      const isGood = response.statusCode === 200;
      text(response).then((body) => (isGood ? resolve(body) : reject(loadFailed(body))), reject);
    });
  });
  // Whichever of the two fails first says why.
  const [body] = await Promise.all([answer, pipeline(archive, request)]);
  const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
  if (error !== undefined) throw loadFailed(error);
}

function createRequest(place: EnginePlace): ClientRequest {
  const headers = { host: 'docker', 'content-type': 'application/x-tar' };
  const options = { method: 'POST', path: '/images/load?quiet=1', headers };
  if (place.kind === 'socket') return requestPlain({ ...options, socketPath: place.path });
  const { host, port, tls } = place;
  return tls === undefined ? requestPlain({ ...options, host, port }) : requestTls({ ...options, ...tls, host, port });
}

function unreachable(thrown: Error): TowpathError {
  return new TowpathError({
    code: 'ENGINE_UNREACHABLE',
    message: 'No Docker engine answers.',
    cause: thrown.message,
    fix: 'Start Docker, or set DOCKER_HOST. `npx towpath datakit publish` needs no engine.',
  });
}

function loadFailed(cause: string): TowpathError {
  return new TowpathError({
    code: 'IMAGE_LOAD_FAILED',
    message: 'The Docker engine did not take the image.',
    cause,
    fix: 'Look for room on its disk, and into its log.',
  });
}
