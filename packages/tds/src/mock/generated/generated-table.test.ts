import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ALL_TYPES,
  type CellValue,
  connectTds,
  decodeCell,
  generatedRow,
  MOCK_LOGINS,
  type MockSqlServer,
  parseDeclaredType,
  startMockSqlServer,
  type TdsConnection,
} from '../../index.ts';

let mock: MockSqlServer;
let connection: TdsConnection;

beforeAll(async () => {
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0 });
  const { username, password } = MOCK_LOGINS.readWrite;
  const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse' };
  connection = await connectTds({ ...place, username, password, encrypt: 'off', connectTimeoutMs: 5000 });
});
afterAll(async () => {
  await connection.close();
  await mock.close();
});

async function rowsOf(sql: string): Promise<CellValue[][]> {
  return (await connection.query(sql)).rows;
}

/** What the generated table has, without the rowversion. */
const expected = (id: number): CellValue[] => generatedRow(id).slice(0, 12);

describe('a generated table', () => {
  it('has exactly the rows its name says, value by value, beyond one period', async () => {
    let rows = 0;
    let differing = 0;
    const { rowCount } = await connection.stream('select * from dbo.Generated_2503', {
      columns: (columns) => expect(columns).toHaveLength(12),
      row: () => {
        rows += 1;
      },
    });
    const all = await rowsOf('select * from [dbo].[Generated_2503]');
    all.forEach((row, index) => {
      if (JSON.stringify(row.map(String)) !== JSON.stringify(expected(index + 1).map(String))) differing += 1;
    });
    expect({ rowCount, rows, count: all.length, differing }).toEqual({
      rowCount: 2503,
      rows: 2503,
      count: 2503,
      differing: 0,
    });
  });

  it.each([
    [
      'select Id, Note from dbo.Generated_5000 where Id > 998 and Id <= 1003 order by Id',
      [999, 1000, 1001, 1002, 1003],
    ],
    [
      'select top 2 t.Note, t.Id from TestWarehouse.dbo.Generated_5000 t with (nolock) where Id between 10 and 20',
      [10, 11],
    ],
    ['select Id from Generated_5000 where 1 = 0', []],
    ['select Id from Generated_5000 where Id = 4999', [4999]],
    ['select Id from dbo.Generated_5000 where Id % 2500 = 0', [2500, 5000]],
    ['select count(*) from dbo.Generated_5000', [5000]],
    ['select top (1 + 1) Id from dbo.Generated_5000 order by Id desc', [5000, 4999]],
  ])('%s', async (sql, ids) => {
    const { columns, rows } = await connection.query(sql);
    const at = Math.max(
      0,
      columns.findIndex(({ name }) => name === 'Id'),
    );
    expect(rows.map((row) => row[at])).toEqual(ids);
  });

  it('gives each of several readers at once the rows that they asked for', async () => {
    const { username, password } = MOCK_LOGINS.readOnly;
    const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse' };
    const readers = await Promise.all(
      Array.from({ length: 4 }, () => connectTds({ ...place, username, password, encrypt: 'off' })),
    );
    const found = await Promise.all(
      readers.map((reader, at) => reader.query(`SELECT * FROM dbo.Generated_20000 WHERE Id > ${at * 1_500}`)),
    );
    found.forEach(({ rows }, at) => {
      expect(rows).toHaveLength(20_000 - at * 1_500);
      expect(rows).toEqual(rows.map((_, index) => generatedRow(at * 1_500 + index + 1, 12)));
    });
    await Promise.all(readers.map((reader) => reader.close()));
  });

  it('gives the same rows from its bytes and from the SQL engine', async () => {
    const fast = await rowsOf('select * from dbo.Versioned_1200 where Id > 990 and Id < 1010');
    const slow = await rowsOf('select * from dbo.Versioned_1200 where Id > 980 + 10 and Id < 1010 order by Id');
    expect(slow).toEqual(fast);
    expect(fast[0]).toEqual(generatedRow(991));
  });

  it('types an expression by its first value, however late that comes, and sends every row', async () => {
    const { columns, rows } = await connection.query(
      'select case when Id > 900 then Id * 1.5 end as Late, Id from dbo.Generated_3000 where Id + 0 > 0',
    );
    expect(columns[0]).toMatchObject({ name: 'Late', type: 'float' });
    expect([rows.length, rows[899], rows[2999]]).toEqual([3000, [null, 900], [4500, 3000]]);
  });

  it('takes writes: a changed row gets a rowversion above all others', async () => {
    await connection.query("update dbo.Versioned_300 set Note = N'changed' where Id % 100 = 0");
    const changed = await rowsOf(
      'select Id, Note from dbo.Versioned_300 where RowVer > 0x00000000FFFFFFFF order by Id',
    );
    expect(changed).toEqual([
      [100, 'changed'],
      [200, 'changed'],
      [300, 'changed'],
    ]);
  });

  it('is in the catalogue once it was named, with its key and its count of rows', async () => {
    const { rows } = await connection.query(
      `select c.name, p.row_count from sys.tables t join sys.indexes i on i.object_id = t.object_id and i.is_primary_key = 1
       join sys.index_columns x on x.object_id = t.object_id and x.index_id = i.index_id
       join sys.columns c on c.object_id = t.object_id and c.column_id = x.column_id
       join sys.dm_db_partition_stats p on p.object_id = t.object_id and p.index_id < 2
       where t.object_id = object_id(N'dbo.Generated_9000000')`,
    );
    expect(rows).toEqual([['Id', 9_000_000n]]);
  });

  it('refuses what would need all rows of a table too large for it', async () => {
    await expect(connection.query('select max(Id) from dbo.Generated_9000000')).rejects.toMatchObject({
      reason: expect.stringContaining('error 50000'),
    });
  });
});

describe('dbo.AllTypes', () => {
  it('A33 comes value by value as it was written, every type at its edges', async () => {
    const { rows } = await connection.query('select * from dbo.AllTypes');
    const values = ALL_TYPES.rows.map((row) => row.map((value, index) => contentOf(index, value)));
    for (const [row, expectedRow] of values.entries()) {
      ALL_TYPES.columns.forEach(({ name }, index) => {
        expect([name, rows[row]?.[index]]).toEqual([name, expectedRow[index]]);
      });
    }
    expect(rows).toHaveLength(values.length);
  });

  it('has every type of SQL Server that a column can have', () => {
    const names = new Set(ALL_TYPES.columns.map(({ type }) => type.replace(/\(.*/, '')));
    const types = `tinyint smallint int bigint bit decimal numeric money smallmoney real float date time smalldatetime datetime
      datetime2 datetimeoffset char varchar nchar nvarchar sysname text ntext xml binary varbinary image uniqueidentifier
      hierarchyid geometry geography sql_variant rowversion`;
    expect([...names].sort()).toEqual(types.split(/\s+/).sort());
  });

  it('tells what its variants hold and what its CLR values read', async () => {
    const { rows } = await connection.query(
      `select sql_variant_property(Variant, 'BaseType'), sql_variant_property(Variant, 'Scale'), HierarchyId.ToString(),
              [Geometry].STAsText(), t.Geography.STAsText() from dbo.AllTypes t where Id in (1, 2)`,
    );
    expect(rows).toEqual([
      ['int', 0, '/1/2/', 'POINT (1 2)', 'POINT (13.405 52.52)'],
      ['decimal', 10, '/', 'POINT (0 0)', 'POINT (-180 -90)'],
    ]);
    const { columns, rows: reversed } = await connection.query(
      'select HierarchyId.ToString() as Path, cast([Geometry] as varbinary(max)) as Shape from dbo.AllTypes order by Id desc',
    );
    expect(columns).toMatchObject([
      { name: 'Path', type: 'nvarchar', maxLength: null },
      { name: 'Shape', type: 'varbinary', maxLength: null },
    ]);
    expect(reversed.slice(0, 2)).toEqual([
      [null, null],
      ['/8/', ALL_TYPES.rows[3]?.[ALL_TYPES.columns.findIndex(({ name }) => name === 'Geometry')]],
    ]);
  });
});

/** A variant is seeded as its raw cell and read as what it holds. */
function contentOf(index: number, value: CellValue): CellValue {
  const column = ALL_TYPES.columns[index];
  const type = parseDeclaredType(column?.type ?? '');
  if (type?.type !== 'sql_variant' || !Buffer.isBuffer(value)) return value;
  return decodeCell(type, value, 0, value.length);
}
