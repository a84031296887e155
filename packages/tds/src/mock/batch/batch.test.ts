// Batches as people and programs write them: variables, conditions, loops, temporary tables, SQL in texts, prepared
// statements.
import * as fc from 'fast-check';
import { Request, TYPES } from 'tedious';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CellValue,
  connectTds,
  MOCK_LOGINS,
  type MockLogin,
  type MockSqlServer,
  startMockSqlServer,
  type TdsConnection,
} from '../../index.ts';
import { queryOn, withTedious } from '../../testing/tedious-client.ts';

let mock: MockSqlServer;
let connection: TdsConnection;

beforeAll(async () => {
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0 });
  connection = await open(MOCK_LOGINS.readWrite);
});

afterAll(async () => {
  await connection.close();
  await mock.close();
});

async function open({ username, password }: MockLogin): Promise<TdsConnection> {
  const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse', encrypt: 'off' } as const;
  return await connectTds({ ...place, username, password });
}

/** The rows of the one result a batch has. */
async function query(sql: string, on = connection): Promise<CellValue[][]> {
  return (await on.query(sql)).rows.map((row) => [...row]);
}

async function expectError(sql: string, number: number, on = connection): Promise<void> {
  await expect(query(sql, on)).rejects.toMatchObject({ reason: expect.stringContaining(`error ${number},`) });
}

/** All results of a batch, as tedious tells them apart. */
async function queryAll(sql: string): Promise<unknown[][][]> {
  return await withTedious(mock, { login: MOCK_LOGINS.readWrite }, async (client) => {
    const results: unknown[][][] = [];
    await new Promise<void>((resolve, reject) => {
      const request = new Request(sql, (error) => (error ? reject(error) : resolve()));
      request.on('columnMetadata', () => results.push([]));
      request.on('row', (columns: { value: unknown }[]) => results.at(-1)?.push(columns.map(({ value }) => value)));
      client.execSqlBatch(request);
    });
    return results;
  });
}

describe('variables', () => {
  it.each([
    ['DECLARE @x int = 5; SELECT @x AS x', [[5]]],
    ['DECLARE @x int SET @x = 3 SET @x += 4 SELECT @X + 1', [[8]]],
    ["DECLARE @a decimal(9,2) = 1.005, @b nvarchar(3) = N'abcdef', @c int; SELECT @a, @b, @c", [['1.01', 'abc', null]]],
    [
      'DECLARE @n int, @m nvarchar(50); SELECT @n = COUNT(*), @m = MAX(Category) FROM dbo.Products; SELECT @n, @m',
      [[16, '调味品']],
    ],
    ['DECLARE @x int = 7; SELECT @x = ProductID FROM dbo.Products WHERE 1 = 0; SELECT @x', [[7]]],
    ['DECLARE @x int = (SELECT MAX(ProductID) FROM dbo.Products); SELECT @x / 3', [[5]]],
    ["DECLARE @n nvarchar(20) = N'Chai'; SELECT ProductID FROM dbo.Products WHERE ProductName = @n", [[1]]],
  ])('%s', async (sql, rows) => {
    expect(await query(sql)).toEqual(rows);
  });

  it('must be declared, once, and end with the batch', async () => {
    await expectError('SELECT @x', 137);
    await expectError('SET @x = 1', 137);
    await expectError('DECLARE @x int; DECLARE @X int', 134);
    await query('DECLARE @gone int');
    await expectError('SELECT @gone', 137);
  });
});

describe('control of flow', () => {
  it.each([
    ["IF 1 = 1 SELECT 'yes' ELSE SELECT 'no'", [['yes']]],
    ["IF NULL = 1 SELECT 'yes'; ELSE SELECT 'no'", [['no']]],
    [
      "IF EXISTS (SELECT 1 FROM sys.tables WHERE name = 'Customer') BEGIN SELECT 'there' END ELSE BEGIN SELECT 'gone' END",
      [['there']],
    ],
    [
      'DECLARE @i int = 0, @s int = 0; WHILE @i < 5 BEGIN SET @i += 1; IF @i = 2 CONTINUE; IF @i = 4 BREAK; SET @s += @i END SELECT @s',
      [[4]],
    ],
    [
      'BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE() END CATCH',
      [[8134, 'Divide by zero error encountered.']],
    ],
    ["SELECT CASE WHEN 1 = 2 THEN 'a' ELSE 'b' END; RETURN; SELECT 2", [['b']]],
  ])('%s', async (sql, rows) => {
    expect(await query(sql)).toEqual(rows);
  });

  it('an error that a CATCH throws again, or nobody catches, ends the batch', async () => {
    await expectError('BEGIN TRY SELECT * FROM dbo.Nope END TRY BEGIN CATCH THROW END CATCH', 208);
    await expectError("THROW 51000, 'mine', 1", 51_000);
    await expectError("RAISERROR(N'%d of %s', 16, 1, 3, N'four')", 50_000);
  });

  it('an endless loop is cancelled, and the connection goes on', async () => {
    const controller = new AbortController();
    const endless = connection.query('WHILE 1 = 1 BEGIN DECLARE @x int END', { signal: controller.signal });
    controller.abort();
    await expect(endless).rejects.toMatchObject({ code: 'TDS_REQUEST_CANCELLED' });
    expect(await query('SELECT 1')).toEqual([[1]]);
  });

  it('each statement has its result, whatever stands between', async () => {
    const results = await queryAll(
      "SET NOCOUNT ON; SELECT 1; PRINT 'x'; DECLARE @x int = 2; IF @x = 2 SELECT @x, 3; EXEC ('SELECT 4'); SELECT 5 WHERE 1 = 0",
    );
    expect(results).toEqual([[[1]], [[2, 3]], [[4]], []]);
  });
});

describe('SQL in a text', () => {
  it.each([
    ["EXEC ('SELECT ' + '7 AS seven')", [[7]]],
    ["DECLARE @sql nvarchar(100) = N'SELECT 8'; EXEC (@sql)", [[8]]],
    ["EXEC sp_executesql N'SELECT ProductID FROM dbo.Products WHERE ProductID = @id', N'@id int', @id = 3", [[3]]],
    ["EXECUTE sys.sp_executesql N'SELECT @a + @b', N'@a int, @b int', 3, @b = 4", [[7]]],
  ])('%s', async (sql, rows) => {
    expect(await query(sql)).toEqual(rows);
  });

  it('lacks no parameter, and does not nest for ever', async () => {
    await expectError("EXEC sp_executesql N'SELECT @a', N'@a int'", 8178);
    const call = "EXEC sp_executesql @s, N'@s nvarchar(max)', @s";
    await expectError(`DECLARE @s nvarchar(max) = N'${call.replaceAll("'", "''")}'; ${call}`, 217);
  });
});

describe('temporary tables', () => {
  it('are made and filled in one batch, with semicolons or without', async () => {
    for (const end of [';', '\n']) {
      const results = await queryAll(
        ['CREATE TABLE #n (a int)', 'INSERT #n VALUES (1)', 'SELECT * FROM #n', 'DROP TABLE #n'].join(end),
      );
      expect(results).toEqual([[[1]]]);
    }
  });

  it('are made, filled, read and dropped by their session alone', async () => {
    await query("CREATE TABLE #t (a int, [#b] nvarchar(max)); INSERT INTO #t VALUES (1, N'x'), (2, NULL)");
    expect(await query('SELECT t.a, [#b] FROM tempdb..#t AS t ORDER BY 1 DESC')).toEqual([
      [2, null],
      [1, 'x'],
    ]);
    const other = await open(MOCK_LOGINS.readOnly);
    await expectError('SELECT * FROM #t', 208, other);
    await query('SELECT 7 AS a INTO #t', other);
    expect(await query('SELECT a FROM #t', other)).toEqual([[7]]);
    await other.close();
    expect(await query("SELECT name FROM sys.tables WHERE name LIKE '%t~%' OR name LIKE '#%'")).toEqual([]);
    await query("IF OBJECT_ID('tempdb..#t') IS NOT NULL DROP TABLE #t");
    await expectError('SELECT * FROM #t', 208);
  });

  it('work in transactions', async () => {
    await query('BEGIN TRAN; CREATE TABLE #z (id int IDENTITY PRIMARY KEY, n int); INSERT INTO #z (n) VALUES (5)');
    expect(await query('SELECT id, n, SCOPE_IDENTITY() FROM #z')).toEqual([[1, 5, '1']]);
    await query('COMMIT');
    expect(await query('SELECT COUNT(*) FROM #z')).toEqual([[1]]);
    await query('BEGIN TRAN; INSERT INTO #z (n) VALUES (6); DROP TABLE #z; COMMIT');
    await expectError('SELECT * FROM #z', 208);
  });

  it('take the columns of a result', async () => {
    await query('SELECT ProductID, UnitPrice, ModifiedAt INTO #copy FROM dbo.Products WHERE ProductID < 4');
    const { columns, rows } = await connection.query('SELECT * FROM #copy');
    const source = await connection.query(
      'SELECT ProductID, UnitPrice, ModifiedAt FROM dbo.Products WHERE ProductID < 4',
    );
    expect(rows).toEqual(source.rows);
    expect(columns.map(({ type, scale }) => [type, scale])).toEqual(
      source.columns.map(({ type, scale }) => [type, scale]),
    );
    await expectError('SELECT ProductID INTO #copy FROM dbo.Products', 2714);
    await expectError('SELECT 1 INTO #unnamed', 1038);
  });

  it('are all that a login which only reads may make', async () => {
    const reader = await open(MOCK_LOGINS.readOnly);
    await query('SELECT ProductID INTO #mine FROM dbo.Products; DELETE FROM #mine WHERE ProductID > 1', reader);
    expect(await query('SELECT ProductID FROM #mine', reader)).toEqual([[1]]);
    await expectError('SELECT ProductID INTO dbo.Stolen FROM dbo.Products', 229, reader);
    await expectError("EXEC ('DELETE FROM dbo.Products')", 229, reader);
    await expectError("EXEC sp_executesql N'DROP TABLE dbo.Products'", 229, reader);
    await expectError('IF 1 = 1 BEGIN TRUNCATE TABLE dbo.Products END', 229, reader);
    await reader.close();
  });
});

describe('functions and operators', () => {
  it.each([
    [
      "SELECT LEFT(N'abc', 2), RIGHT('abc', 2), CHARINDEX('C', 'abc'), STUFF('abc', 2, 1, 'xy'), REPLICATE('ab', 2), REVERSE('abc')",
      [['ab', 'bc', 3n, 'axyc', 'abab', 'cba']],
    ],
    [
      "SELECT YEAR('2024-05-06'), DATEPART(quarter, '2024-05-06'), DATENAME(month, '2024-05-06'), DATENAME(dw, '2024-05-06'), EOMONTH('2024-02-11')",
      [[2024, 2, 'May', 'Monday', '2024-02-29']],
    ],
    ["SELECT ProductID FROM dbo.Products WHERE ProductName LIKE '[a-c]h%' ORDER BY 1 DESC", [[5], [2], [1]]],
    ["SELECT 1 WHERE '50%' LIKE '%!%' ESCAPE '!' AND 'a' NOT LIKE '[^a]' AND 'x]' LIKE 'x]'", [[1]]],
    ['SELECT ProductName COLLATE Latin1_General_BIN FROM dbo.Products WHERE ProductID = 1', [['Chai']]],
    ['SELECT CAST(1.23456789012345678901234567890 AS decimal(38,20)), $12.50', [['1.23456789012345678901', '12.50']]],
    ['SELECT name FROM master.sys.databases ORDER BY name', [['master'], ['TestWarehouse']]],
    ["SELECT COUNT(*) FROM sysobjects WHERE xtype = 'U'", [[5]]],
  ])('%s', async (sql, rows) => {
    const found = await query(sql);
    expect(
      found.map((row) => row.map((value, at) => (typeof rows[0]?.[at] === 'bigint' ? BigInt(String(value)) : value))),
    ).toEqual(rows);
  });

  it('a text of any length is one value', async () => {
    const text = 'ü'.repeat(10_000);
    expect(await query(`SELECT N'${text}', N'${text}' + 'x'`)).toEqual([[text, `${text}x`]]);
  });
});

describe('procedures of the catalogue', () => {
  it('heed their arguments', async () => {
    const names = async (sql: string): Promise<CellValue[]> => (await query(sql)).map((row) => row[2] ?? null);
    expect(await names('EXEC sp_tables')).toHaveLength(5);
    expect(await names("EXEC sp_tables 'Cust%'")).toEqual(['Customer']);
    expect(await names("EXEC sp_tables @table_type = N'''VIEW'''")).toEqual([]);
    expect(await names("sp_columns Customer, @column_name = 'Row%'")).toEqual(['Customer']);
    expect(await query('EXEC sp_databases')).toHaveLength(2);
  });

  it('sp_help describes what there is, and says what there is not', async () => {
    expect(await query('sp_help')).toHaveLength(5);
    const [object, columns] = await queryAll("EXEC sp_help 'dbo.Customer'");
    expect(object).toEqual([['Customer', 'dbo', 'user table', expect.any(Date)]]);
    expect(columns).toHaveLength(13);
    await expectError("EXEC sp_help 'dbo.Nope'", 15_009);
  });
});

it('whatever words a batch has, it is answered, and the connection goes on', async () => {
  // Without WHILE and WITH, which may rightly never end.
  const words =
    "SELECT FROM WHERE dbo . Products ProductID * 1 0 'x' NULL ( ) , ; = + / @x @@ROWCOUNT DECLARE int SET IF ELSE BEGIN END TRY CATCH CASE WHEN THEN EXEC sp_help sp_executesql N'SELECT' #t [#t] INTO CREATE TABLE DROP INSERT VALUES UPDATE ORDER BY UNION TOP LIKE '[' COLLATE PRINT RAISERROR THROW RETURN BREAK COMMIT ROLLBACK TRAN tempdb CAST AS decimal(9,2)".split(
      ' ',
    );
  const batch = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 14 }).map((all) => all.join(' '));
  await fc.assert(
    fc.asyncProperty(batch, async (sql) => {
      await connection.query(sql, { timeoutMs: 5_000 }).catch((error: { code: string }) => {
        expect([error.code, sql]).toEqual(['TDS_SERVER_ERROR', sql]);
      });
    }),
    { numRuns: 1_500, seed: 20_261_125 },
  );
  await query('IF @@TRANCOUNT > 0 ROLLBACK');
  expect(await query('SELECT 1')).toEqual([[1]]);
});

describe('prepared statements of tedious', () => {
  it('are prepared once, run with any values, and let go', async () => {
    await withTedious(mock, { login: MOCK_LOGINS.readOnly }, async (client) => {
      const request = new Request(
        'SELECT ProductID FROM dbo.Products WHERE ProductID >= @from AND ProductName LIKE @name',
        () => undefined,
      );
      request.addParameter('from', TYPES.Int);
      request.addParameter('name', TYPES.NVarChar);
      const rows: unknown[] = [];
      request.on('row', (columns: { value: unknown }[]) => rows.push(columns[0]?.value));
      await step((done) => {
        request.on('prepared', () => done());
        client.prepare(request);
      });
      const execute = (from: number | null, name: string): Promise<void> =>
        step((done) => {
          request.callback = done;
          client.execute(request, { from, name });
        });
      await execute(1, 'Ch%');
      await execute(2, 'Ch%');
      await execute(null, '%');
      expect(rows).toEqual([1, 2, 5, 2, 5]);
      await step((done) => {
        request.callback = done;
        client.unprepare(request);
      });
      expect(await queryOn(client, 'select 1')).toEqual([[1]]);
    });
  });

  it('a parameter for output comes back with its last value', async () => {
    await withTedious(mock, { login: MOCK_LOGINS.readOnly }, async (client) => {
      let given: unknown;
      await step((done) => {
        const request = new Request('SELECT @total = COUNT(*) FROM dbo.Products WHERE ProductID > @from', done);
        request.addParameter('from', TYPES.Int, 4);
        request.addOutputParameter('total', TYPES.Int);
        request.on('returnValue', (name: string, value: unknown) => {
          given = [name, value];
        });
        client.execSql(request);
      });
      expect(given).toEqual(['total', 12]);
    });
  });

  function step(run: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));
  }
});
