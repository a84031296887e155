// What the registry of the environment holds of one datakit. Names are listed whole, contents of few are read: the newest, and those
// that pipelines name. What the registry does not answer is said as an error, never as nothing.
import { MAX_REPORTED_VERSIONS, type ReportedDatakit, type ReportedVersion } from '@towpath/api';
import { toErrorFacts } from '@towpath/core';
import { type ImageEnvironment, listVersions, openDatakitPlace, readPublished } from '@towpath/datakit';
import type { FindCredentials, ImagePlace } from '@towpath/oci';
import { cleanText } from '../session/wire-text.ts';

/** Where an agent's images are. */
export interface ShelfAccess {
  readonly environment: ImageEnvironment;
  readonly findCredentials: FindCredentials;
  readonly signal: AbortSignal;
}

/**
 * Versions whose content is read, the newest first. Environments lie some versions apart; two requests each, so that a registry is
 * asked little.
 */
const READ_VERSIONS = 10;

/** A registry that accepts and says nothing must not hold the report up. A list of names is a request, a version two. */
const SHELF_TIMEOUT_MS = 60_000;

/** Never rejects, except when the signal fires. */
export async function readShelf(name: string, named: readonly string[], access: ShelfAccess): Promise<ReportedDatakit> {
  const nothing = { name, named: [...named], versions: [], isCut: false, error: null };
  const signal = AbortSignal.any([access.signal, AbortSignal.timeout(SHELF_TIMEOUT_MS)]);
  try {
    const place = openDatakitPlace(access.environment, name, { ...access, signal });
    const listed = await listVersions(place);
    const kept = listed.slice(0, MAX_REPORTED_VERSIONS);
    const wanted = new Set([...kept.slice(0, READ_VERSIONS), ...named]);
    const versions: ReportedVersion[] = [];
    for (const version of kept) versions.push(await readVersion(place, version, wanted.has(version)));
    return { ...nothing, versions, isCut: listed.length > kept.length };
  } catch (thrown) {
    access.signal.throwIfAborted();
    return { ...nothing, error: toProblem(thrown) };
  }
}

async function readVersion(place: ImagePlace, version: string, isWanted: boolean): Promise<ReportedVersion> {
  const image = isWanted ? await readPublished(place, version) : undefined;
  return {
    version,
    digest: image?.digest ?? null,
    label: image?.version === undefined ? null : cleanText(image.version, LABEL_CHARACTERS),
    minimumPlatform: image?.minimumPlatform === undefined ? null : cleanText(image.minimumPlatform, LABEL_CHARACTERS),
    memoryMiB: image?.memoryMiB ?? null,
    revision: image?.revision === undefined ? null : cleanText(image.revision, LABEL_CHARACTERS),
  };
}

/** Longest texts the API takes: labels are whatever somebody wrote. */
const LABEL_CHARACTERS = 128;
const CODE_CHARACTERS = 64;
const TEXT_CHARACTERS = 2000;

function toProblem(thrown: unknown): NonNullable<ReportedDatakit['error']> {
  const { code, message, cause, fix } = toErrorFacts(thrown);
  const clip = (text: string | undefined): string | null =>
    text === undefined ? null : cleanText(text, TEXT_CHARACTERS);
  return {
    code: cleanText(code, CODE_CHARACTERS),
    message: cleanText(message, TEXT_CHARACTERS),
    cause: clip(cause),
    fix: clip(fix),
  };
}
