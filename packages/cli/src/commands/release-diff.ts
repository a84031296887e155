import { compareReleases } from '@towpath/core';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import { formatTable } from '../rendering/table.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath release diff`: what another release brings. */
export function registerReleaseDiff(release: Command, context: CommandContext): void {
  const command = release
    .command('diff')
    .description('Show what differs between two releases: commit, functions, pipelines, datakits, pools, variables.')
    .argument('<before>', 'version or id')
    .argument('<after>', 'version or id')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath release diff v1.3.2 v1.3.3');
  addConnectionOptions(command).action(async (before: string, after: string, options: Options) => {
    const asking = { client: connect(context, options), context };
    const [old, now] = [await getReleaseByVersion(asking, before), await getReleaseByVersion(asking, after)];
    const differences = compareReleases(old.bill, now.bill);
    if (options.json) return context.out(`${JSON.stringify({ differences }, null, 2)}\n`);
    const rows = differences.map((one) => [one.kind, one.name, one.before ?? '–', one.after ?? '–']);
    context.out(rows.length > 0 ? formatTable(['WHAT', 'NAME', before, after], rows) : 'No difference.\n');
  });
}
