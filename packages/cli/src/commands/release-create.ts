import { ApiError, type Client, CreateRelease, UploadReleaseBundle } from '@towpath/api';
import { getProject } from '@towpath/config';
import { formatCount } from '@towpath/core';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { createImageAccess } from '../datakit/image-access.ts';
import { type BuiltRelease, buildRelease } from '../releases/build-release.ts';

interface Options extends ConnectionOptions {
  readonly project?: string;
  readonly imagesFrom?: string;
  readonly json?: boolean;
}

/** `npx towpath release create`: the commit in this folder becomes a release. */
export function registerReleaseCreate(release: Command, context: CommandContext): void {
  const command = release
    .command('create')
    .description(
      'Record the commit in this folder as a release: pipelines, code of functions, datakits, pools and variables, with its section of CHANGELOG.md. The same content is the same release.',
    )
    .argument('<version>', 'such as v1.3.3')
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option(
      '--images-from <environment>',
      'whose registry says which images its datakits have (default: the first besides local that declares one, if any runs containers)',
    )
    .option('--json', 'print the release as JSON')
    .addHelpText('after', '\nExample:\n  npx towpath release create v1.3.3');
  addConnectionOptions(command).action(async (version: string, options: Options) => {
    const project = getProject(options.project ?? context.cwd);
    const client = connect(context, options);
    const { release: recorded, isNew } = await record(
      client,
      await buildRelease(project, version, { ...createImageAccess(context), imagesFrom: options.imagesFrom }),
    );
    if (options.json) return context.out(`${JSON.stringify({ release: recorded, isNew }, null, 2)}\n`);
    const { pipelines, datakits, gitSha } = recorded.bill;
    const images = datakits.filter(({ digest }) => digest !== undefined).length;
    const what = [
      formatCount(pipelines.length, 'pipeline'),
      ...(images > 0 ? [formatCount(images, 'image')] : []),
    ].join(' and ');
    context.out(
      `${recorded.version} ${isNew ? 'was recorded' : 'is recorded already'}: ${recorded.id.slice(0, 12)}, ${what} at ${gitSha.slice(0, 12)}.\n`,
    );
  });
}

/** The code of functions is sent when the server has none of that hash. */
async function record(client: Client, { body, bundle }: BuiltRelease) {
  try {
    return await client.call(CreateRelease, { body });
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.code !== 'BUNDLE_UNKNOWN' || bundle === undefined) throw thrown;
  }
  await client.call(UploadReleaseBundle, { params: { hash: bundle.hash }, bytes: bundle.bytes });
  return client.call(CreateRelease, { body });
}
