import { ApiError, type Client, CreateRelease, UploadReleaseBundle } from '@towpath/api';
import { getProject } from '@towpath/config';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { type BuiltRelease, buildRelease } from '../releases/build-release.ts';

interface Options extends ConnectionOptions {
  readonly project?: string;
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
    .option('--json', 'print the release as JSON')
    .addHelpText('after', '\nExample:\n  npx towpath release create v1.3.3');
  addConnectionOptions(command).action(async (version: string, options: Options) => {
    const project = getProject(options.project ?? context.cwd);
    const client = connect(context, options);
    const { release: recorded, isNew } = await record(client, await buildRelease(project, version));
    if (options.json) return context.out(`${JSON.stringify({ release: recorded, isNew }, null, 2)}\n`);
    const { pipelines, gitSha } = recorded.bill;
    context.out(
      `${recorded.version} ${isNew ? 'was recorded' : 'is recorded already'}: ${recorded.id.slice(0, 12)}, ${pipelines.length} pipelines at ${gitSha.slice(0, 12)}.\n`,
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
