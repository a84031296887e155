import { type BuiltDatakit, buildDatakit } from '@towpath/datakit';
import type { CommandContext } from '../context.ts';
import type { BuildFlags } from './build-options.ts';
import { findDatakit } from './find-datakit.ts';
import { createImageAccess, parsePlatform } from './image-access.ts';

/** A datakit that a command names, built as its flags say, and the access to registries that was used. */
export async function buildNamed(context: CommandContext, text: string, { base, platform }: BuildFlags) {
  const access = createImageAccess(context);
  const found = findDatakit(context.cwd, text);
  const built: BuiltDatakit = await buildDatakit(found, {
    ...access,
    environmentVariables: context.env,
    base,
    platform: parsePlatform(platform),
  });
  return { access, found, built };
}
