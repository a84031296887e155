// A folder as object zone: its marker is a file at its root.
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ENVIRONMENT_KINDS, type TargetMarker } from '@towpath/core';
import { z } from 'zod';
import { claimFailed, targetUnreachable } from '../target-errors.ts';
import type { TargetStore } from '../target-store.ts';

/** Name of the marker. */
export const MARKER_FILE = '.towpath-environment.json';

const Marker = z.object({ environment: z.string(), kind: z.enum(ENVIRONMENT_KINDS).catch('production') });

/** Creates the store for an absolute path; a folder that is not there yet is nobody's. */
export function createFolderTarget(location: string): TargetStore {
  const place = `folder ${location}`;
  const path = join(location, MARKER_FILE);
  const read = (): Promise<TargetMarker | undefined> =>
    readMarker(path).catch((thrown: unknown) => {
      throw targetUnreachable(place, codeOf(thrown));
    });
  return {
    place,
    key: place,
    readMarker: read,
    claim: async (marker, by) => {
      await writeOnce(location, path, { ...marker, claimedBy: by, claimedAt: new Date().toISOString() }).catch(
        (thrown: unknown) => {
          throw claimFailed(place, codeOf(thrown));
        },
      );
      return (await read()) ?? marker;
    },
  };
}

async function readMarker(path: string): Promise<TargetMarker | undefined> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  });
  return text === undefined ? undefined : Marker.parse(JSON.parse(text));
}

/** Whole or not at all: written beside it, then linked, which fails when the name is taken. */
async function writeOnce(location: string, path: string, marker: object): Promise<void> {
  await mkdir(location, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o644);
  try {
    await file.writeFile(`${JSON.stringify(marker)}\n`);
    await file.sync();
    await link(draft, path);
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof z.ZodError || thrown instanceof SyntaxError) return 'the marker can not be read';
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
}
