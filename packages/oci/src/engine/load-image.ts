// An image into an engine, over its HTTP API: no docker program is needed.
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { TowpathError } from '@towpath/core';
import { createDockerEngine, EngineError, isEngineAway } from './docker-engine.ts';
import type { EngineAddress } from './engine-address.ts';
import { engineUnreachable } from './engine-unreachable.ts';

/** Loads an archive as `docker save` writes it. @throws TowpathError `ENGINE_UNREACHABLE`, `IMAGE_LOAD_FAILED` */
export async function loadImage(address: EngineAddress, archive: Readable): Promise<void> {
  const body = await send(address, archive);
  const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
  if (error !== undefined) throw loadFailed(error);
}

async function send(address: EngineAddress, archive: Readable): Promise<string> {
  const request = { method: 'POST', path: '/images/load', query: { quiet: true }, body: archive } as const;
  try {
    return await text(await createDockerEngine(address).open(request));
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
    throw isEngineAway(thrown) ? engineUnreachable(thrown) : loadFailed(thrown.message);
  }
}

function loadFailed(cause: string): TowpathError {
  return new TowpathError({
    code: 'IMAGE_LOAD_FAILED',
    message: 'The Docker engine did not take the image.',
    cause,
    fix: 'Look for room on its disk, and into its log.',
  });
}
