import { TowpathError } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, getInstance } from '../connection/connect.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath sql`: one statement on the laptop's warehouse, for machines without psql. */
export const registerSql: RegisterCommand = (program, context) => {
  const command = program
    .command('sql')
    .description('Run SQL on the warehouse of `npx towpath dev`: to read, and as its owner also to write.')
    .argument('<database>', 'bronze, or that of another environment (`npx towpath dev --warehouse-for`)')
    .argument('<statement>', 'for example "SELECT COUNT(*) FROM bronze.dbo_products"')
    .option('--json', 'print rows as JSON');
  addConnectionOptions(command).action(async (database: string, statement: string, options: Options) => {
    const { warehouse: own, warehouses } = getInstance(context, options);
    const known = [own, ...warehouses.map(({ database: name, user }) => ({ ...own, database: name, user }))];
    const warehouse = known.find((one) => one.database === database);
    if (warehouse === undefined)
      throw unknownDatabase(
        database,
        known.map((one) => one.database),
      );
    if (statement.trim() === '') throw emptyStatement();
    const results = await query(warehouse, statement);
    const json = results.map(toObjects);
    if (options.json) context.out(`${JSON.stringify(json.length === 1 ? json[0] : json, null, 2)}\n`);
    else context.out(results.map(formatResult).join('\n'));
  });
};

interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly command: string;
}

async function query(
  warehouse: { host: string; port: number; database: string; user: string },
  text: string,
): Promise<readonly QueryResult[]> {
  const { default: pg } = await import('pg');
  // All values stay the text that PostgreSQL sends: a money value or a timestamp must not pass through a float or Date.
  const types = { getTypeParser: () => (value: unknown) => value };
  const client = new pg.Client({ ...warehouse, types, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    const answer = await client.query<(string | null)[]>({ text, rowMode: 'array' });
    // Several statements give several results, which the types of pg do not say.
    return [answer].flat().map(({ fields, rows, command, rowCount }) => ({
      columns: fields.map(({ name }) => name),
      rows,
      command: rowCount === null ? command : `${command} ${rowCount}`,
    }));
  } catch (thrown) {
    throw translate(thrown, warehouse.port);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function formatResult({ columns, rows, command }: QueryResult): string {
  if (columns.length === 0) return `${command}\n`;
  const table = formatTable(
    columns,
    rows.map((row) => row.map((value) => value ?? '')),
  );
  return `${table}(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})\n`;
}

function toObjects({ columns, rows }: QueryResult): readonly Record<string, string | null>[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])));
}

function translate(thrown: unknown, port: number): TowpathError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const isRefused = thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNREFUSED';
  return isRefused
    ? new TowpathError({
        code: 'WAREHOUSE_UNREACHABLE',
        message: `No PostgreSQL answers on port ${port}.`,
        cause: message,
        fix: 'Run `npx towpath doctor`, then start `npx towpath dev` again.',
      })
    : new TowpathError({
        code: 'SQL_FAILED',
        message: 'PostgreSQL refused the statement.',
        cause: message,
        fix: 'Correct the statement.',
      });
}

function emptyStatement(): TowpathError {
  return new TowpathError({
    code: 'SQL_EMPTY',
    message: 'The statement is empty.',
    fix: 'Give one, for example: npx towpath sql bronze "SELECT COUNT(*) FROM bronze.dbo_products"',
  });
}

function unknownDatabase(name: string, known: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'DATABASE_UNKNOWN',
    message: `There is no warehouse database ${JSON.stringify(name)} here.`,
    fix: `This instance has: ${known.join(', ')}`,
  });
}
