import { type ReleaseProblem, TOWPATH, TowpathError } from '@towpath/core';

/** The error about a release that nobody recorded. */
export function releaseUnknown(releaseId: string): TowpathError {
  return new TowpathError({
    code: 'RELEASE_UNKNOWN',
    message: `There is no release ${releaseId.slice(0, 12)}.`,
    fix: `Take one of \`${TOWPATH} release list\`.`,
  });
}

/** The error about something that can't be recorded. */
export function releaseInvalid(problems: readonly ReleaseProblem[]): TowpathError {
  return new TowpathError({
    code: problems[0]?.code ?? 'RELEASE_EMPTY',
    message: 'This can not be recorded as a release.',
    cause: problems.map(({ detail }) => detail).join(' '),
    fix: 'Correct it, and create the release again.',
  });
}

/** The error about a version that names something else. */
export function versionTaken(version: string, id: string): TowpathError {
  return new TowpathError({
    code: 'RELEASE_VERSION_TAKEN',
    message: `${version} is another release already.`,
    cause: `It was recorded with other content, as ${id.slice(0, 12)}; a release never changes.`,
    fix: 'Give the new content a new version.',
  });
}

/** The error about content that has a version. */
export function contentKnown(version: string, known: string): TowpathError {
  return new TowpathError({
    code: 'RELEASE_CONTENT_KNOWN',
    message: `What ${version} would be is ${known} already.`,
    cause: 'The same commit with the same content is the same release.',
    fix: `Promote ${known}.`,
  });
}
