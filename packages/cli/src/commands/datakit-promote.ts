import { resolve } from 'node:path';
import { getEnvironment, getProject } from '@towpath/config';
import { type EnvironmentDeclaration, TowpathError } from '@towpath/core';
import { parseDatakitReference, promoteDatakit } from '@towpath/datakit';
import { createImageAccess } from '../datakit/image-access.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly to: string;
  readonly from?: string;
  readonly project?: string;
  readonly json?: boolean;
}

/** `npx towpath datakit promote NAME@DIGEST --to ENVIRONMENT`: the tested bytes into the registry of the next environment. */
export const registerDatakitPromote: RegisterCommand = (datakit, context) => {
  datakit
    .command('promote')
    .description("Copy a datakit's image from registry to registry and verify its digest; nothing is built.")
    .argument('<image>', 'name@sha256:… or name:version')
    .requiredOption('--to <environment>', 'into whose registry')
    .option('--from <environment>', 'out of whose registry (default: the nearest before it that has the image)')
    .option('--project <folder>', 'project that declares them (default: the one around this folder)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath datakit promote line-counter:1.4.0 --to qa')
    .action(async (text: string, options: Options) => {
      const { declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const to = getEnvironment(declaration, options.to);
      const before = [...declaration.environments.values()].filter(({ position }) => position < to.position).reverse();
      const from = options.from === undefined ? before : [getEarlier(before, options.from, to)];
      const { name, reference } = parseDatakitReference(text);
      if (reference === undefined) throw versionMissing(name);
      const report = await promoteDatakit({ ...createImageAccess(context), name, reference, from, to });
      if (options.json) return context.out(`${JSON.stringify(report, null, 2)}\n`);
      const { image, digest, copiedBlobs, presentBlobs } = report;
      context.out(
        `${image}\n${digest}, from ${report.from}; ${copiedBlobs} blobs copied, ${presentBlobs} were there\n`,
      );
    });
};

function getEarlier(
  before: readonly EnvironmentDeclaration[],
  name: string,
  to: EnvironmentDeclaration,
): EnvironmentDeclaration {
  const found = before.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  throw new TowpathError({
    code: 'PROMOTION_ORDER_WRONG',
    message: `Nothing is promoted from ${name} to ${to.name}.`,
    cause: `Before ${to.name} there are: ${before.map((environment) => environment.name).join(', ') || 'none'}.`,
    fix: 'The order of `environments` in towpath.yaml is the order of promotion.',
  });
}

function versionMissing(name: string): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_REFERENCE_INVALID',
    message: `Which image of ${name}?`,
    fix: `Name its digest or its version: ${name}@sha256:… or ${name}:1.4.0.`,
  });
}
