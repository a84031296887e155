import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type CellValue,
  connectTds,
  MOCK_LOGINS,
  type MockSqlServer,
  startMockSqlServer,
  type TdsConnection,
} from '../../index.ts';

let mock: MockSqlServer;
const open: TdsConnection[] = [];
/** What happens between the two moments of a read. */
let meanwhile: (() => Promise<void>) | undefined;

beforeAll(async () => {
  const beforeRows = (sql: string) => (sql.includes('/* meanwhile */') ? meanwhile?.() : undefined);
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, faults: { beforeRows } });
});
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});
afterAll(() => mock.close());

async function connect(login: (typeof MOCK_LOGINS)[keyof typeof MOCK_LOGINS] = MOCK_LOGINS.readWrite) {
  const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse' };
  const { username, password } = login;
  const connection = await connectTds({ ...place, username, password, encrypt: 'off', connectTimeoutMs: 5000 });
  open.push(connection);
  return connection;
}

async function scalar(connection: TdsConnection, sql: string): Promise<CellValue | undefined> {
  return (await connection.query(sql)).rows[0]?.[0];
}

const versionOf = async (connection: TdsConnection, sql: string): Promise<bigint> => {
  const bytes = await scalar(connection, sql);
  return Buffer.isBuffer(bytes) ? bytes.readBigUInt64BE() : -1n;
};
const minActive = (connection: TdsConnection) => versionOf(connection, 'select min_active_rowversion()');

describe('rowversions', () => {
  it('grow with every write, and @@DBTS is the last of them', async () => {
    const writer = await connect();
    const before = await minActive(writer);
    await writer.query(
      "insert into dbo.Customer (FirstName, CreatedAt, Balance, IsActive, CustomerGuid) values (N'New', '2024-01-01', 0, 1, newid())",
    );
    const inserted = await versionOf(writer, "select RowVer from dbo.Customer where FirstName = N'New'");
    await writer.query("update dbo.Customer set LastName = N'Name' where FirstName = N'New'");
    const updated = await versionOf(writer, "select RowVer from dbo.Customer where FirstName = N'New'");
    expect(inserted).toBe(before);
    expect(updated).toBe(before + 1n);
    expect(await versionOf(writer, 'select @@DBTS')).toBe(updated);
    expect(await minActive(writer)).toBe(updated + 1n);
    await writer.query("delete from dbo.Customer where FirstName = N'New'");
    expect(await scalar(writer, 'select count(*) from dbo.Customer')).toBe(10);
  });

  it('MIN_ACTIVE_ROWVERSION stays below what an open transaction has written, whatever is committed meanwhile', async () => {
    const [slow, fast, reader] = [await connect(), await connect(), await connect(MOCK_LOGINS.readOnly)];
    const before = await minActive(reader);
    await slow.query("begin tran update dbo.Customer set LastName = N'slow' where CustomerID = 1");
    await fast.query("update dbo.Customer set LastName = N'fast' where CustomerID = 2");
    expect(await minActive(reader)).toBe(before);
    const seen = await reader.query(
      `select CustomerID from dbo.Customer where RowVer >= 0x${before.toString(16).padStart(16, '0')}`,
    );
    expect(seen.rows).toEqual([[2]]);
    await slow.query('commit tran');
    expect(await minActive(reader)).toBe(before + 2n);
    expect(await versionOf(reader, 'select RowVer from dbo.Customer where CustomerID = 1')).toBe(before);
  });

  it('counts of rows change for others when the transaction commits', async () => {
    const [writer, reader] = [await connect(), await connect(MOCK_LOGINS.readOnly)];
    const count = "select sum(rows) from sys.partitions where object_id = object_id('dbo.Counted')";
    await writer.query('create table dbo.Counted (Id int primary key)');
    await writer.query('begin tran insert into dbo.Counted values (1), (2)');
    expect(await scalar(writer, 'select count(*) from dbo.Counted')).toBe(2);
    expect(await scalar(reader, count)).toBe(0n);
    await writer.query('commit');
    expect(await scalar(reader, count)).toBe(2n);
    await writer.query('drop table dbo.Counted');
  });

  it('a rolled back transaction leaves nothing but a gap', async () => {
    const [writer, reader] = [await connect(), await connect(MOCK_LOGINS.readOnly)];
    const before = await minActive(reader);
    await writer.query('begin transaction');
    await writer.query("update dbo.Orders set Status = 'gone'");
    await writer.query("update dbo.Customer set LastName = N'gone'");
    expect(await scalar(writer, "select count(*) from dbo.Orders where Status = 'gone'")).toBe(30);
    expect(await scalar(writer, 'select @@TRANCOUNT')).toBe(1);
    expect(await scalar(reader, "select count(*) from dbo.Orders where Status = 'gone'")).toBe(0);
    await writer.query('rollback');
    expect(await scalar(writer, "select count(*) from dbo.Customer where LastName = 'gone'")).toBe(0);
    expect(await minActive(reader)).toBe(before + 10n);
  });

  it('a connection that goes takes its transaction along', async () => {
    const [writer, reader] = [await connect(), await connect(MOCK_LOGINS.readOnly)];
    const before = await minActive(reader);
    await writer.query("begin tran update dbo.Customer set LastName = N'lost' where CustomerID = 3");
    expect(await minActive(reader)).toBe(before);
    await writer.close();
    await expect.poll(() => minActive(reader), { timeout: 5000 }).toBe(before + 1n);
    expect(await scalar(reader, "select count(*) from dbo.Customer where LastName = N'lost'")).toBe(0);
  });
});

describe('isolation', () => {
  it('says what the database offers, and refuses SNAPSHOT where it offers none', async () => {
    const connection = await connect();
    const offer =
      'select snapshot_isolation_state, is_read_committed_snapshot_on from sys.databases where name = db_name()';
    expect((await connection.query(offer)).rows).toEqual([[1, false]]);
    await connection.query('set transaction isolation level snapshot');
    const strict = await startMockSqlServer({
      host: '127.0.0.1',
      port: 0,
      isSnapshotAllowed: false,
      isReadCommittedSnapshot: true,
    });
    const { username, password } = MOCK_LOGINS.readOnly;
    const other = await connectTds({
      host: '127.0.0.1',
      port: strict.port,
      database: 'TestWarehouse',
      username,
      password,
      encrypt: 'off',
    });
    open.push(other);
    expect((await other.query(offer)).rows).toEqual([[0, true]]);
    await expect(other.query('set transaction isolation level snapshot')).rejects.toMatchObject({
      reason: expect.stringContaining('error 3952'),
    });
    await strict.close();
  });
});

describe('the schema', () => {
  it('changes between and during reads: the running one goes on with what it began with', async () => {
    const [writer, reader] = [await connect(), await connect(MOCK_LOGINS.readOnly)];
    await writer.query(
      'create table dbo.Moving (Id int not null primary key, Name nvarchar(20) null, Version rowversion)',
    );
    await writer.query("insert into dbo.Moving (Id, Name) values (1, N'one'), (2, N'two')");
    const version = await versionOf(reader, 'select Version from dbo.Moving where Id = 2');
    meanwhile = async () => {
      await writer.query('alter table dbo.Moving add Amount decimal(9,2) not null default 1.5, Note varchar(10)');
      await writer.query('alter table dbo.Moving drop column Name');
    };
    const during = await reader.query('select * from dbo.Moving /* meanwhile */');
    expect(during.rows.map((row) => row.slice(0, 2))).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    await writer.query('alter table dbo.Moving alter column Amount decimal(18,4) null');
    await writer.query("exec sp_rename 'dbo.Moving.Note', 'Remark', 'COLUMN'");
    const after = await reader.query('select Id, Amount, Remark from dbo.Moving');
    expect(after.rows).toEqual([
      [1, '1.5000', null],
      [2, '1.5000', null],
    ]);
    expect(await versionOf(reader, 'select Version from dbo.Moving where Id = 2')).toBe(version);
    const columns = await reader.query(
      "select name, is_nullable from sys.columns where object_id = object_id('dbo.Moving') order by column_id",
    );
    expect(columns.rows).toEqual([
      ['Id', false],
      ['Version', true],
      ['Amount', true],
      ['Remark', true],
    ]);
    await writer.query('truncate table dbo.Moving; drop table dbo.Moving');
    await expect(reader.query('select * from dbo.Moving')).rejects.toMatchObject({
      reason: expect.stringContaining('error 208'),
    });
  });

  it.each([
    ['alter table dbo.Nope add a int', 4902],
    ['alter table dbo.Orders add Status int', 2705],
    ['alter table dbo.Orders drop column Nope', 4924],
    ['alter table dbo.Orders drop column OrderID', 5074],
    ['alter table dbo.Orders alter column Comment int', 8114],
    ['create table dbo.Orders (a int)', 2714],
    ['drop table dbo.Nope', 3701],
    ['commit', 3902],
    ['rollback', 3903],
  ])('%s is refused with error %i and changes nothing', async (sql, number) => {
    const connection = await connect();
    await expect(connection.query(sql)).rejects.toMatchObject({ reason: expect.stringContaining(`error ${number},`) });
    expect((await connection.query('select * from dbo.Orders')).rows).toHaveLength(30);
  });

  it.each(['create table dbo.X (a int)', 'alter table dbo.Orders add a int', 'drop table dbo.Orders'])(
    'refuses the read-only login with error 229: %s',
    async (sql) => {
      const connection = await connect(MOCK_LOGINS.readOnly);
      await expect(connection.query(sql)).rejects.toMatchObject({ reason: expect.stringContaining('error 229,') });
    },
  );
});

describe('keys, counts and windows', () => {
  it.each([
    [
      `SELECT c.name FROM sys.indexes AS i JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
       JOIN sys.columns AS c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
       WHERE i.object_id = OBJECT_ID(N'[dbo].[Orders]') AND i.is_primary_key = 1 ORDER BY ic.key_ordinal`,
      [['OrderID']],
    ],
    [
      "SELECT SUM(p.rows) FROM sys.partitions AS p WHERE p.object_id = OBJECT_ID(N'[dbo].[Orders]') AND p.index_id IN (0, 1)",
      [[30n]],
    ],
    [
      "select object_id('dbo.Nope'), object_name(object_id('Orders')), schema_name(1), type_name(56)",
      [[null, 'Orders', 'dbo', 'int']],
    ],
    [
      "select kc.name from sys.key_constraints kc where kc.parent_object_id = object_id('dbo.Customer') and kc.type = 'PK'",
      [['PK_Customer']],
    ],
    ["select COLUMN_NAME from INFORMATION_SCHEMA.KEY_COLUMN_USAGE where TABLE_NAME = 'Products'", [['ProductID']]],
    [
      "SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = N'dbo' AND TABLE_NAME = N'AllTypes' AND DATA_TYPE IN ('hierarchyid', 'timestamp', 'sql_variant')",
      [
        ['HierarchyId', 'hierarchyid'],
        ['Variant', 'sql_variant'],
        ['Variant2', 'sql_variant'],
        ['Variant3', 'sql_variant'],
        ['RowVer', 'timestamp'],
      ],
    ],
    [
      "select count(*) from dbo.Orders where OrderDate >= DATEADD(second, -300, CAST('2024-01-05T13:50:30.0000000' AS datetime2(7))) and OrderDate <= CAST('2024-01-06T13:45:30.007' AS datetime)",
      [[2]],
    ],
    [
      "select CustomerID from dbo.Customer where LastSeenAt > CAST('2024-06-30T23:59:59+02:00' AS datetimeoffset(7)) or LastSeenAt is null order by CustomerID",
      [[1], [5], [10]],
    ],
    [
      'select max(LastSeenAt), min(LastSeenAt) from dbo.Customer where CustomerID in (1, 3, 4)',
      [['2024-06-30 23:59:59.9999990 +02:00', '2024-01-01 08:59:59.9999990 +09:00']],
    ],
    [
      "select dateadd(month, 1, cast('2024-01-31' as date)), datediff(day, '2024-01-01', '2024-03-01'), dateadd(ms, -1, cast('2024-01-01' as datetime2(3)))",
      [['2024-02-29', 60, '2023-12-31 23:59:59.999']],
    ],
    [
      "select cast(RowVer as bigint), convert(varchar(18), RowVer, 1), convert(binary(8), '0x00000000000007D1', 1) from dbo.Customer where CustomerID = 4",
      [[2004n, '0x00000000000007D4', Buffer.from('00000000000007d1', 'hex')]],
    ],
    [
      'select convert(varchar(30), CreatedAt, 126), convert(varchar(30), CreatedAt, 112), convert(nvarchar(40), LastSeenAt, 127) from dbo.Customer where CustomerID = 3',
      [['2024-02-29T12:34:56.7890120', '20240229', '2024-02-29T18:04:56.7890120+05:30']],
    ],
  ])('%s', async (sql, rows) => {
    const connection = await connect(MOCK_LOGINS.readOnly);
    expect((await connection.query(sql)).rows).toEqual(rows);
  });

  it('a maximum keeps the exact type of its column', async () => {
    const connection = await connect(MOCK_LOGINS.readOnly);
    const { columns } = await connection.query(
      'SELECT MAX([OrderDate]), MAX([ShippedAt]), MAX([Amount]), MAX(OrderID) FROM [dbo].[Orders]',
    );
    expect(columns).toMatchObject([
      { type: 'datetime' },
      { type: 'datetime2', scale: 0 },
      { type: 'decimal', precision: 12, scale: 2 },
      { type: 'bigint' },
    ]);
  });
});
