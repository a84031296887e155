// `discover`: the tables and views the login can see.
import { type Command, Option } from 'commander';
import { type CliOptions, readConfiguration } from '../settings/configuration.ts';
import { readSourceSettings } from '../settings/read-settings.ts';
import { connectSource } from '../source/connect-source.ts';
import { type ListedTable, listTables } from '../source/list-tables.ts';
import { toNamePattern } from '../source/table-pattern.ts';
import type { CommandContext } from './command-context.ts';
import { parseCount } from './load-options.ts';

interface DiscoverOptions extends CliOptions {
  readonly schema?: string | undefined;
  /** `Order*`: `*` any characters, `?` one; without regard to case. */
  readonly pattern?: string | undefined;
  readonly output: 'table' | 'json';
  readonly limit?: number | undefined;
}

/** Adds the command. */
export function addDiscover(program: Command, context: CommandContext): void {
  program
    .command('discover')
    .description('list the tables and views that the login can see')
    .option('--schema <name>', 'only this schema')
    .option('--pattern <glob>', 'only names like this, for example "Order*"')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--limit <count>', 'at most this many', parseCount)
    .action((_own: unknown, self: Command) => discover(context, self.optsWithGlobals<DiscoverOptions>()));
}

/** Prints what matches, as lines `schema.name` with its kind, or as JSON. Errors: those of the source. */
async function discover(context: CommandContext, options: DiscoverOptions): Promise<void> {
  const { env } = await readConfiguration(context.env, options);
  const source = await connectSource(readSourceSettings(env));
  try {
    const tables = selectTables(await listTables(source), options);
    if (options.output === 'json') context.print(JSON.stringify(tables, null, 2));
    else printTable(context, tables);
  } finally {
    await source.close();
  }
}

function selectTables(tables: readonly ListedTable[], options: DiscoverOptions): ListedTable[] {
  const schema = options.schema?.toLowerCase();
  const pattern = options.pattern === undefined ? undefined : toNamePattern(options.pattern);
  return tables
    .filter((table) => schema === undefined || table.schema.toLowerCase() === schema)
    .filter((table) => pattern === undefined || pattern.test(table.name))
    .slice(0, options.limit);
}

function printTable({ print }: CommandContext, tables: readonly ListedTable[]): void {
  for (const { schema, name, kind } of tables)
    print(kind === 'view' ? `${schema}.${name}  (view)` : `${schema}.${name}`);
  print(`${tables.length} ${tables.length === 1 ? 'table' : 'tables'}`);
}
