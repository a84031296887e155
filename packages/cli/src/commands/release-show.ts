import type { ReleaseView } from '@towpath/api';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import { formatTable } from '../rendering/table.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath release show`: the bill of one release, and what its changelog says. */
export function registerReleaseShow(release: Command, context: CommandContext): void {
  const command = release
    .command('show')
    .description('Show what a release consists of, who recorded it, and its changelog entry.')
    .argument('<version>', 'version or id')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (version: string, options: Options) => {
    const found = await getReleaseByVersion({ client: connect(context, options), context }, version);
    context.out(options.json ? `${JSON.stringify(found, null, 2)}\n` : format(found));
  });
}

function format({ version, project, id, bill, changelog, createdAt, createdBy, createdFrom }: ReleaseView): string {
  const rows: (readonly string[])[] = [
    ['id', id],
    ['commit', bill.gitSha],
    ['recorded', `${createdAt} by ${createdBy} from ${createdFrom}`],
    ['functions', bill.bundleHash ?? 'none'],
    ['variables', bill.configurationHash],
    ...bill.pipelines.map(({ name, graphHash }) => [`pipeline ${name}`, graphHash]),
    ...bill.datakits.map(({ name, version: of, digest }) => [
      `datakit ${name}`,
      [of, digest].filter(Boolean).join(' '),
    ]),
    ...Object.entries(bill.pools).map(([name, slots]) => [`pool ${name}`, String(slots)]),
  ];
  return `${formatTable([version, project], rows)}\n${changelog}\n`;
}
