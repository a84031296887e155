// What `docker save` wrote, unpacked: the configuration, and the files of the layers.
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { unpackTar } from 'modern-tar/fs';
import { z } from 'zod';
import { type ImageConfig, parseImageConfig } from './image-config.ts';

export interface SavedImage {
  readonly config: ImageConfig;
  /** Files, the lowest layer first. */
  readonly layers: readonly string[];
}

const SavedList = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) })).length(1);

/** Unpacks the archive of one image into a folder, which the caller deletes. @throws Error when it is none */
export async function readSavedImage(archive: Readable, folder: string): Promise<SavedImage> {
  await pipeline(archive, unpackTar(folder));
  const [image] = SavedList.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  if (image === undefined) throw new Error('the archive holds no image');
  const config = parseImageConfig(await readFile(locate(folder, image.Config)), 'The image that was built');
  return { config, layers: image.Layers.map((path) => locate(folder, path)) };
}

function locate(folder: string, path: string): string {
  const own = normalize(path);
  if (isAbsolute(own) || own.startsWith('..')) throw new Error(`the archive names ${path}, outside of itself`);
  return join(folder, own);
}
