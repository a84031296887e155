// tedious as a client of the mock, and what it makes of exact values. For tests.
import { Connection, type ConnectionConfiguration, Request } from 'tedious';
import type { CellValue, MockColumn, MockLogin, MockSqlServer } from '../index.ts';

/** A parameter of a tedious request. */
export interface TediousParameter {
  readonly name: string;
  readonly type: Parameters<Request['addParameter']>[1];
  readonly value: unknown;
}

/** How to connect and what to run. */
export interface TediousQuery {
  readonly sql: string;
  readonly login: Omit<MockLogin, 'readOnly'>;
  readonly parameters?: readonly TediousParameter[];
  readonly options?: ConnectionConfiguration['options'];
}

/** Runs something on a connection of tedious and closes it. */
export async function withTedious<T>(
  mock: MockSqlServer,
  { login, options }: Omit<TediousQuery, 'sql'>,
  run: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: login.username, password: login.password } },
    options: {
      port: mock.port,
      encrypt: false,
      database: 'TestWarehouse',
      useUTC: true,
      connectTimeout: 5000,
      ...options,
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('connect', (error) => (error ? reject(error) : resolve()));
      connection.connect();
    });
    return await run(connection);
  } finally {
    connection.close();
  }
}

/** Runs a statement: as a batch without parameters, by sp_executesql with them. */
export async function queryOn(
  connection: Connection,
  sql: string,
  parameters: readonly TediousParameter[] = [],
): Promise<unknown[][]> {
  return await new Promise<unknown[][]>((resolve, reject) => {
    const rows: unknown[][] = [];
    const request = new Request(sql, (error) => (error ? reject(error) : resolve(rows)));
    for (const { name, type, value } of parameters) request.addParameter(name, type, value);
    request.on('row', (columns: { value: unknown }[]) => rows.push(columns.map(({ value }) => value)));
    if (parameters.length > 0) connection.execSql(request);
    else connection.execSqlBatch(request);
  });
}

/** Connects, runs a statement and closes. */
export async function queryWithTedious(mock: MockSqlServer, query: TediousQuery): Promise<unknown[][]> {
  return await withTedious(mock, query, (connection) => queryOn(connection, query.sql, query.parameters));
}

/** What tedious makes of an exact value: doubles for decimals, Dates (milliseconds) for times, text for bigint. */
export function toTediousValue(column: MockColumn, value: CellValue): unknown {
  if (value === null) return null;
  const type = column.type.replace(/\(.*/, '');
  if (type === 'decimal' || type === 'money' || type === 'smallmoney') return Number(value);
  if (type === 'bigint') return String(value);
  if (type === 'time') return Date.parse(`1970-01-01T${String(value)}Z`);
  if (type.startsWith('date') || type === 'smalldatetime') return toMilliseconds(String(value));
  return value;
}

function toMilliseconds(text: string): number {
  const [day = '', time = '00:00:00', offset = ''] = text.split(' ');
  return Date.parse(`${day}T${time.slice(0, 12)}${offset === '' ? 'Z' : offset}`);
}
