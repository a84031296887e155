import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { formatDifferences } from '../releases/format-differences.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import { listDifferences } from '../releases/list-differences.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath release diff`: what another release brings. */
export function registerReleaseDiff(release: Command, context: CommandContext): void {
  const command = release
    .command('diff')
    .description(
      'Show what differs between two releases: commit, functions, pipelines with their tasks and schedules, datakits, pools, variables, environments, dbt models.',
    )
    .argument('<before>', 'version or id')
    .argument('<after>', 'version or id')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath release diff v1.3.2 v1.3.3');
  addConnectionOptions(command).action(async (before: string, after: string, options: Options) => {
    const asking = { client: connect(context, options), context };
    const [old, now] = [await getReleaseByVersion(asking, before), await getReleaseByVersion(asking, after)];
    const told = await listDifferences(asking.client, old, now);
    if (options.json) return context.out(`${JSON.stringify(told, null, 2)}\n`);
    context.out(formatDifferences(before, after, told) || 'No difference.\n');
  });
}
