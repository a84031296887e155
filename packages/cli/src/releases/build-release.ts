// A release is made of a project's folder as its commit has it: evaluated once, here, and never again.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LoadedCode } from '@towpath/agent';
import type { CreateRelease } from '@towpath/api';
import { envFilePath, PROJECT_FILE, type Project } from '@towpath/config';
import {
  CHANGELOG_FILE,
  findChangelogEntry,
  formatCanonicalJson,
  isReleaseVersion,
  TowpathError,
  toConfigurationSchema,
} from '@towpath/core';
import type { z } from 'zod';
import { codeServerEntry } from '../assets.ts';
import { getCommit } from './ask-git.ts';
import { declareRelease } from './declare-release.ts';
import { findImages, type ImageSearch } from './find-images.ts';
import { readDbtModels } from './read-dbt-models.ts';
import { listCommitted, requireCommitted } from './require-committed.ts';

/** What is sent: the record, and the code of its functions. */
export interface BuiltRelease {
  readonly body: z.input<NonNullable<(typeof CreateRelease)['body']>>;
  readonly bundle: LoadedCode['bundle'];
}

/**
 * Builds the release `version` of a project.
 *
 * @throws TowpathError `RELEASE_VERSION_INVALID`, `CHANGELOG_ENTRY_MISSING`, `RELEASE_UNCOMMITTED`, `GIT_UNAVAILABLE`,
 * `RELEASE_NOT_REPRODUCIBLE`, `RELEASE_IMAGE_MISSING`, `DBT_MANIFEST_MISSING`, `DBT_MANIFEST_STALE`, `REGISTRY_…`, or the error of the project's code
 */
export async function buildRelease(project: Project, version: string, images: ImageSearch): Promise<BuiltRelease> {
  if (!isReleaseVersion(version)) throw versionInvalid(version);
  const changelog = getChangelogEntry(project.folder, version);
  const commit = await getCommit(project.folder);
  const { registration, bundle, files, outside } = await evaluateTwice(project);
  const configured = await listCommitted(commit, project.folder, listEnvFiles(project));
  const read = [PROJECT_FILE, CHANGELOG_FILE, ...files, ...configured];
  await requireCommitted(commit, { folder: project.folder, files: read, outside });
  const { pipelines, bundleHash, pools = {} } = registration;
  const graphs = pipelines.map(({ graph }) => graph);
  const body = {
    project: project.name,
    version,
    changelog,
    gitSha: commit.sha,
    createdFrom: hostname(),
    ...(bundleHash !== undefined && { bundleHash }),
    pipelines,
    pools,
    images: [...(await findImages(graphs, project, images))],
    ...(project.dbtFolder !== undefined && {
      dbt: await readDbtModels(commit, join(project.folder, project.dbtFolder)),
    }),
    configurationHash: sha256(formatCanonicalJson(toConfigurationSchema(project.declaration))),
    declaration: structuredClone(declareRelease(project, configured)) as BuiltRelease['body']['declaration'],
  };
  return { body, bundle };
}

function listEnvFiles({ declaration }: Project): readonly string[] {
  return [...declaration.environments.keys()].map(envFilePath);
}

function getChangelogEntry(folder: string, version: string): string {
  const entry = findChangelogEntry(readIfThere(join(folder, CHANGELOG_FILE)), version);
  if (entry !== undefined) return entry;
  throw new TowpathError({
    code: 'CHANGELOG_ENTRY_MISSING',
    message: `${CHANGELOG_FILE} says nothing about ${version}.`,
    cause: 'Whoever signs a release off reads there what it brings.',
    fix: `Write a section \`## ${version}\` into ${CHANGELOG_FILE} beside towpath.yaml, and commit it.`,
  });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Code that gives another graph the second time would be another release each time, too. */
async function evaluateTwice(project: Project): Promise<LoadedCode> {
  const { loadCode } = await import('@towpath/agent');
  const code = { folder: project.folder, codeServerEntry: codeServerEntry(), readPools: () => project.pools };
  // A day apart: code that asks what day it is can't agree with itself.
  const first = await loadCode({ ...code, timeZone: 'Pacific/Kiritimati' });
  const second = await loadCode({ ...code, timeZone: 'Pacific/Pago_Pago' });
  const { error } = first.registration;
  if (error !== null) throw new TowpathError({ ...error, cause: error.cause ?? undefined });
  if (formatCanonicalJson(first.registration) === formatCanonicalJson(second.registration)) return first;
  throw new TowpathError({
    code: 'RELEASE_NOT_REPRODUCIBLE',
    message: 'The pipelines differ from one evaluation to the next.',
    cause: 'Their code asks for something that changes: the time, its zone, chance, or a file.',
    fix: 'Let pipelines depend on their code alone; what changes belongs into parameters and variables.',
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function versionInvalid(version: string): TowpathError {
  return new TowpathError({
    code: 'RELEASE_VERSION_INVALID',
    message: `${JSON.stringify(version.slice(0, 100))} is no version of a release.`,
    fix: 'Name it like v1.3.3, or v1.4.0-rc.1.',
  });
}
