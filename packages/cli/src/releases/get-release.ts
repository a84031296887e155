// People name a release by its version; the project around the folder says whose version that is.
import { GetRelease, ListReleases, type ReleaseView } from '@towpath/api';
import { getProject } from '@towpath/config';
import { TowpathError } from '@towpath/core';
import type { Asking } from '../connection/find-run.ts';
import { suggestName } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';

const ID = /^[0-9a-f]{64}$/;

/**
 * The release of a version, or of a full id.
 *
 * @throws TowpathError `RELEASE_UNKNOWN`, `RELEASE_AMBIGUOUS`
 */
export async function getReleaseByVersion({ client, context }: Asking, name: string): Promise<ReleaseView> {
  if (ID.test(name)) return client.call(GetRelease, { params: { releaseId: name } });
  const project = findProjectName(context);
  const { releases } = await client.call(ListReleases, { query: { project, version: name } });
  const [release, other] = releases;
  if (release && !other) return release;
  if (release && other) throw ambiguous(name, releases);
  const { releases: known } = await client.call(ListReleases, { query: { project } });
  throw unknown(
    name,
    known.map(({ version }) => version),
  );
}

/** Name of the project around this folder; undefined without one. */
export function findProjectName({ cwd }: CommandContext): string | undefined {
  try {
    return getProject(cwd).name;
  } catch (thrown) {
    if (thrown instanceof TowpathError && thrown.code === 'PROJECT_MISSING') return undefined;
    throw thrown;
  }
}

function unknown(name: string, known: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'RELEASE_UNKNOWN',
    message: `There is no release ${JSON.stringify(name.slice(0, 100))}.`,
    fix: suggestName(name, known) ?? 'Record one: npx towpath release create v1.0.0',
  });
}

function ambiguous(name: string, releases: readonly ReleaseView[]): TowpathError {
  return new TowpathError({
    code: 'RELEASE_AMBIGUOUS',
    message: `Several projects have a release ${name}.`,
    cause: releases.map(({ project, id }) => `${project}: ${id}`).join(', '),
    fix: 'Run this in the project, or give the id instead of the version.',
  });
}
