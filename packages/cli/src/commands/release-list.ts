import { ListReleases, type ReleaseView } from '@towpath/api';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { findProjectName } from '../releases/get-release.ts';
import { parseCount } from '../rendering/parse-count.ts';
import { formatTable } from '../rendering/table.ts';

interface Options extends ConnectionOptions {
  readonly limit: number;
  readonly json?: boolean;
}

/** `npx towpath release list`: newest first. */
export function registerReleaseList(release: Command, context: CommandContext): void {
  const command = release
    .command('list')
    .description('List releases, newest first: of the project around this folder, or of all.')
    .option('--limit <count>', 'at most this many, up to 500', parseCount, 20)
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async ({ limit, ...options }: Options) => {
    const query = { project: findProjectName(context), limit };
    const { releases } = await connect(context, options).call(ListReleases, { query });
    if (options.json) context.out(`${JSON.stringify({ releases }, null, 2)}\n`);
    else context.out(releases.length > 0 ? format(releases) : NONE);
  });
}

const NONE = 'No release yet. Record one: npx towpath release create v1.0.0\n';

function format(releases: readonly ReleaseView[]): string {
  const rows = releases.map(({ version, project, id, bill, createdAt, createdBy }) => [
    version,
    project,
    id.slice(0, 12),
    bill.gitSha.slice(0, 12),
    createdAt,
    createdBy,
  ]);
  return formatTable(['VERSION', 'PROJECT', 'ID', 'COMMIT', 'RECORDED', 'BY'], rows);
}
