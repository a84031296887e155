// `discover`: the tables and views the login can see.
import { readSourceSettings } from '../settings/read-settings.ts';
import { connectSource } from '../source/connect-source.ts';
import { type ListedTable, listTables } from '../source/list-tables.ts';
import type { CommandContext } from './command-context.ts';

/** Options of `discover`. */
export interface DiscoverOptions {
  readonly schema?: string | undefined;
  /** `Order*`: `*` any characters, `?` one; without regard to case. */
  readonly pattern?: string | undefined;
  readonly output: 'table' | 'json';
  readonly limit?: number | undefined;
}

/** Prints what matches, as lines `schema.name` with its kind, or as JSON. Errors: those of the source. */
export async function discover(context: CommandContext, options: DiscoverOptions): Promise<void> {
  const source = await connectSource(readSourceSettings(context.env));
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
  const pattern = options.pattern === undefined ? undefined : toPattern(options.pattern);
  return tables
    .filter((table) => schema === undefined || table.schema.toLowerCase() === schema)
    .filter((table) => pattern === undefined || pattern.test(table.name))
    .slice(0, options.limit);
}

function toPattern(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'isu');
}

function printTable({ print }: CommandContext, tables: readonly ListedTable[]): void {
  for (const { schema, name, kind } of tables)
    print(kind === 'view' ? `${schema}.${name}  (view)` : `${schema}.${name}`);
  print(`${tables.length} ${tables.length === 1 ? 'table' : 'tables'}`);
}
