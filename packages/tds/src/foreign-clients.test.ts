// Clients that nobody here wrote judge the mock, and with it the codec that the reader uses as well: tedious (JavaScript),
// FreeTDS (C) by tsql and bsqldb, pymssql (Python, FreeTDS's db-lib).
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePart } from '@towpath/testkit';
import { TYPES } from 'tedious';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ALL_TYPES,
  type CellValue,
  MOCK_LOGINS,
  MOCK_TABLES,
  type MockColumn,
  type MockSqlServer,
  startMockSqlServer,
} from './index.ts';
import { queryOn, queryWithTedious, toTediousValue, withTedious } from './testing/tedious-client.ts';

let mock: MockSqlServer;
const folder = mkdtempSync(join(tmpdir(), 'tds-foreign-'));

beforeAll(async () => {
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, encryption: 'optional' });
  const place = `host = 127.0.0.1\nport = ${mock.port}\ntds version = 7.4\nclient charset = UTF-8\ntext size = 64000\n`;
  const servers = ['off', 'request', 'require'].map((mode) => `[${mode}]\n${place}encryption = ${mode}\n`);
  writeFileSync(join(folder, 'freetds.conf'), servers.join(''));
});
afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true });
});

/** Runs a program with FreeTDS's configuration for the mock. */
async function runProgram(program: string, args: readonly string[], input: string): Promise<string> {
  const env = {
    ...process.env,
    FREETDSCONF: join(folder, 'freetds.conf'),
    LC_ALL: 'C.UTF-8',
    PYTHONIOENCODING: 'utf-8',
  };
  return await new Promise<string>((resolve, reject) => {
    const child = execFile(program, args, { env, timeout: 20_000, maxBuffer: 16 << 20 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
    );
    child.stdin?.end(input);
  });
}

describe('tedious', () => {
  function expectLikeTedious(received: unknown, column: MockColumn, value: CellValue): void {
    const expected = toTediousValue(column, value);
    if (received instanceof Date) expect(received.getTime(), column.name).toBe(expected);
    else if (typeof expected === 'number' && column.type.includes('money')) {
      // tedious joins the halves of money in doubles; the last digits of the largest values are not exact.
      expect(Number(received) / (expected || 1), column.name).toBeCloseTo(expected === 0 ? 0 : 1, 10);
    } else expect(received, column.name).toEqual(expected);
  }

  it.each(MOCK_TABLES.map((table) => [table.name, table] as const))(
    'A94 tedious reads dbo.%s with the values of the seed',
    async (_name, table) => {
      const rows = await queryWithTedious(mock, {
        sql: `select * from dbo.${table.name}`,
        login: MOCK_LOGINS.readWrite,
      });
      expect(rows).toHaveLength(table.rows.length);
      rows.forEach((row, at) => {
        table.columns.forEach((column, index) => {
          expectLikeTedious(row[index], column, table.rows[at]?.[index] ?? null);
        });
      });
    },
  );

  it('binds parameters by sp_executesql', async () => {
    const rows = await queryWithTedious(mock, {
      sql: 'select ProductID, ProductName from dbo.Products where UnitPrice >= @price and Category = @category and ModifiedAt < @before order by ProductID',
      login: MOCK_LOGINS.readWrite,
      parameters: [
        { name: 'price', type: TYPES.Int, value: 19 },
        { name: 'category', type: TYPES.NVarChar, value: 'beverages' },
        { name: 'before', type: TYPES.DateTime2, value: new Date('2024-12-31T00:00:00Z') },
      ],
    });
    expect(rows).toEqual([[2, 'Chang']]);
  });

  it('gets error 18456 for a wrong password', async () => {
    const login = { username: MOCK_LOGINS.readWrite.username, password: 'wrong' };
    await expect(queryWithTedious(mock, { sql: 'select 1', login })).rejects.toThrow(/Login failed for user 'towpath'/);
  });

  it.each([true, 'strict'])('reads over TLS: %s', async (encrypt) => {
    const options = { encrypt, cryptoCredentialsDetails: { ca: mock.certificate ?? '' } };
    const rows = await queryWithTedious(mock, {
      sql: 'select * from dbo.Generated_3000',
      login: MOCK_LOGINS.readOnly,
      options,
    });
    expect(rows).toHaveLength(3000);
  });

  it('begins, rolls back and commits transactions by its own requests', async () => {
    const status = await withTedious(mock, { login: MOCK_LOGINS.readWrite }, async (connection) => {
      const step = (run: (done: (error?: Error | null) => void) => void) =>
        new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve())));
      await step((done) => connection.beginTransaction(done));
      await queryOn(connection, "update dbo.Orders set Status = 'held' where OrderID = 2");
      await step((done) => connection.rollbackTransaction(done));
      await step((done) => connection.beginTransaction(done));
      await queryOn(connection, "update dbo.Orders set Status = 'sent' where OrderID = 3");
      await step((done) => connection.commitTransaction(done));
      return await queryOn(connection, 'select Status from dbo.Orders where OrderID in (2, 3) order by OrderID');
    });
    expect(status).toEqual([['shipped'], ['sent']]);
    expect(mock.statements.map(({ sql }) => sql).filter((sql) => sql.endsWith(' transaction'))).toEqual([
      'begin transaction',
      'rollback transaction',
      'begin transaction',
      'commit transaction',
    ]);
  });
});

describe('FreeTDS', () => {
  const { username, password } = MOCK_LOGINS.readOnly;

  it.for(['off', 'request', 'require'])('tsql reads with encryption %s', async (mode, context) => {
    const tsql = requirePart('tsql', context);
    const sql = 'select ProductID, ProductName, UnitPrice, ListPrice from dbo.Products\ngo\nexit\n';
    const output = await runProgram(
      tsql.path,
      ['-S', mode, '-U', username, '-P', password, '-D', 'TestWarehouse'],
      sql,
    );
    expect(output).toContain('北京烤鸭酱');
    expect(output).toContain('99999999999999.9999');
    expect(output).toMatch(/\(16 rows affected\)/);
  });

  it.for(['off', 'request', 'require'])('bsqldb reads with encryption %s', async (mode, context) => {
    // Both come with one package.
    const bsqldb = requirePart('tsql', context).path.replace(/tsql$/, 'bsqldb');
    const sql = `select OrderID, OrderDate, Quantity, Amount, ExchangeRate, Freight, Discount, Status, Comment
                 from dbo.Orders where OrderID < 8 and OrderID <> 3 order by OrderID\ngo\n`;
    const args = ['-S', mode, '-U', username, '-P', password, '-D', 'TestWarehouse', '-q', '-t', '|'];
    const lines = (await runProgram(bsqldb, args, sql)).trim().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]?.split('|').map((cell) => cell.trim())).toEqual([
      '1',
      // FreeTDS writes dates as its locale has them.
      expect.stringMatching(/^Jan +1 2024 +1:45:30/),
      '2',
      '10.05',
      '1.000000000000000001',
      '1.0125',
      '0.0015',
      'paid',
      '',
    ]);
  });
});

const DUMP = `
import datetime, decimal, json, sys, uuid, pymssql
def plain(v):
    if isinstance(v, bool) or v is None or isinstance(v, str): return v
    if isinstance(v, int): return str(v)
    if isinstance(v, decimal.Decimal): return format(v, 'f')
    if isinstance(v, float): return repr(v)
    if isinstance(v, bytes): return v.hex()
    if isinstance(v, uuid.UUID): return str(v).upper()
    if isinstance(v, datetime.datetime): return v.isoformat(' ', 'microseconds')
    if isinstance(v, datetime.time): return v.isoformat('microseconds')
    return v.isoformat()
job = json.load(sys.stdin)
c = pymssql.connect(server='127.0.0.1', port=job['port'], user=job['user'], password=job['password'], database='TestWarehouse', tds_version='7.4', login_timeout=10, autocommit=job.get('autocommit', True))
out = []
for sql, parameters in job['statements']:
    if sql in ('commit', 'rollback'):
        getattr(c, sql)()
        continue
    cur = c.cursor()
    try:
        cur.execute(sql, tuple(parameters)) if parameters else cur.execute(sql)
        out.append([[plain(v) for v in row] for row in cur.fetchall()] if cur.description else cur.rowcount)
    except pymssql.Error as e:
        out.append({'error': e.args[0]})
json.dump(out, sys.stdout)
`;

type Statement = readonly [sql: string, parameters?: readonly unknown[]];

describe('pymssql', () => {
  async function runPymssql(
    python: string,
    statements: readonly Statement[],
    options: { readonly autocommit?: boolean } = {},
  ) {
    const { username: user, password } = MOCK_LOGINS.readWrite;
    const job = {
      port: String(mock.port),
      user,
      password,
      ...options,
      statements: statements.map(([sql, values]) => [sql, values ?? []]),
    };
    return JSON.parse(await runProgram(python, ['-c', DUMP], JSON.stringify(job)));
  }

  it('reads dbo.AllTypes with the values of the seed: every type, every code page, every edge', async (context) => {
    const python = requirePart('pymssql', context).path;
    const [rows] = await runPymssql(python, [['select * from dbo.AllTypes']]);
    for (const [at, row] of ALL_TYPES.rows.entries()) {
      ALL_TYPES.columns.forEach((column, index) => {
        // It hands a variant on without its type.
        if (column.type === 'sql_variant') return;
        expect([at, column.name, rows[at][index]]).toEqual([at, column.name, toPythonText(column, row[index] ?? null)]);
      });
    }
  });

  it('reads the rows of a generated table, and gets counts, parameters, transactions and errors', async (context) => {
    const result = await runPymssql(
      requirePart('pymssql', context).path,
      [
        ['select count(*), max(Id) from dbo.Generated_20000'],
        ['select OrderID, Amount from dbo.Orders where Amount > %s and Status = %s order by OrderID', [200, 'paid']],
        ["update dbo.Products set Category = N'x' where ProductID < 4"],
        ['rollback'],
        ['insert into dbo.Suppliers select top 0 * from dbo.Suppliers'],
        ["select count(*) from dbo.Products where Category = N'x'"],
        ["update dbo.Products set Category = N'y' where ProductID = 5"],
        ['commit'],
        ["select ProductID from dbo.Products where Category = N'y'"],
        ['select * from dbo.Nope'],
        ['exec sp_tables'],
      ],
      { autocommit: false },
    );
    expect(result.slice(0, 8)).toEqual([
      [['20000', '20000']],
      [
        ['21', '211.05'],
        ['25', '251.25'],
        ['29', '291.45'],
      ],
      3,
      0,
      [['0']],
      1,
      [['5']],
      { error: 208 },
    ]);
    expect(result[8].map((row: unknown[]) => row[2])).toContain('Customer');
  });
});

/** What Python makes of an exact value, as text: microseconds, so a seventh digit is cut. */
function toPythonText(column: MockColumn, value: CellValue): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (typeof value === 'number' && /^(real|float)/.test(column.type)) return toPythonFloat(value);
  if (!/^(date|time|smalldate)/.test(column.type) || column.type === 'date') return String(value);
  const [, head = '', fraction = '', offset = ''] =
    /^(.*?\d{2}:\d{2}:\d{2})(?:\.(\d+))?(?: (.*))?$/.exec(String(value)) ?? [];
  return `${head}.${fraction.padEnd(6, '0').slice(0, 6)}${offset}`;
}

function toPythonFloat(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text.replace(/e([+-])(\d)$/, 'e$10$2') : `${text}.0`;
}
