// What the manifest names and the folder does not hold, and what only shows when several keys are seen together.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions } from '@towpath/core';
import { parseImageReference } from '@towpath/oci';
import { findOutsideLinks } from './find-outside-links.ts';
import type { ManifestFinding } from './manifest-finding.ts';
import type { ImageSection, PartialManifest } from './manifest-schema.ts';

/** `manifest` is what of it is good. */
export function findFolderProblems(
  folder: string,
  manifest: PartialManifest,
  platformVersion: string,
): readonly ManifestFinding[] {
  return [
    ...findCommandProblems(folder, manifest),
    ...findRepeatedVariables(manifest),
    ...findImageProblems(folder, manifest),
    ...findLinkProblems(folder, manifest),
    ...findVersionProblems(manifest, platformVersion),
  ];
}

function findCommandProblems(
  folder: string,
  { commands = [], executableFolder = 'bin' }: PartialManifest,
): ManifestFinding[] {
  return commands.flatMap((command, at) => {
    const path = join(executableFolder, command);
    const message = !isFile(join(folder, path))
      ? `there is no ${path}`
      : isExecutable(join(folder, path))
        ? undefined
        : `${path} can't be executed: chmod +x ${path}`;
    return message === undefined ? [] : [{ key: ['commands', at], message }];
  });
}

function findRepeatedVariables({ environment = [] }: PartialManifest): ManifestFinding[] {
  const names = environment.map(({ name }) => name);
  return names.flatMap((name, at) =>
    names.indexOf(name) === at ? [] : [{ key: ['environment', at, 'name'], message: `${name} is declared twice` }],
  );
}

function findImageProblems(folder: string, { image, name = 'x' }: PartialManifest): ManifestFinding[] {
  if (image === undefined) return [];
  const problems: ManifestFinding[] = [];
  if (existsSync(join(folder, 'Dockerfile')))
    problems.push({
      key: ['image'],
      message: 'there is a Dockerfile besides; one of the two has to say what the image is',
    });
  if (!isReference(image.base))
    problems.push({ key: ['image', 'base'], message: `${image.base} is no name of an image` });
  if (!isReference(`datakits/${name}`))
    problems.push({
      key: ['name'],
      message: `${name} can't be part of an image's name: one separator between letters`,
    });
  return [...problems, ...findMissingFiles(folder, image)];
}

/** As `build` refuses them. */
function findLinkProblems(folder: string, { image, executableFolder = 'bin' }: PartialManifest): ManifestFinding[] {
  if (image === undefined) return [];
  const of = (paths: readonly string[], key: ManifestFinding['key']): ManifestFinding[] =>
    findOutsideLinks(folder, paths).map((path) => ({ key, message: `${path} is a link that leads out of the folder` }));
  return [...of([executableFolder], ['executableFolder']), ...of(image.files, ['image', 'files'])];
}

function findMissingFiles(folder: string, { files, bundle }: ImageSection): ManifestFinding[] {
  const missing = files.map((path, at) => ({ path, key: ['image', 'files', at] }));
  const unmade = Object.entries(bundle).filter(
    ([output, source]) => !isFile(join(folder, source)) && !isFile(join(folder, output)),
  );
  return [
    ...missing
      .filter(({ path }) => !existsSync(join(folder, path)) && !isBundled(path, bundle))
      .map(({ path, key }) => ({ key, message: `there is no ${path}` })),
    ...unmade.map(([output, source]) => ({
      key: ['image', 'bundle', output],
      message: `there is no ${source} to make it from`,
    })),
  ];
}

/** A folder that comes to be when the image is built. */
function isBundled(path: string, bundle: Readonly<Record<string, string>>): boolean {
  return Object.keys(bundle).some((output) => output === path || output.startsWith(`${path}/`));
}

function findVersionProblems(
  { version, image, minimumPlatform }: PartialManifest,
  platformVersion: string,
): ManifestFinding[] {
  const problems: ManifestFinding[] = [];
  if (image !== undefined && version?.includes('+'))
    problems.push({
      key: ['version'],
      message: `${version} can't be the tag of an image: leave out what follows the +`,
    });
  if (minimumPlatform !== undefined && compareVersions(platformVersion, minimumPlatform) < 0)
    problems.push({
      key: ['minimumPlatform'],
      message: `this is Towpath ${platformVersion}, and it needs ${minimumPlatform}`,
    });
  return problems;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isReference(text: string): boolean {
  try {
    return parseImageReference(text) !== undefined;
  } catch {
    return false;
  }
}
