import net from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeLogin7, TDS_VERSION_7_4 } from '../codec/login7.ts';
import { PacketType, toPackets } from '../codec/packet.ts';
import { encodeSqlBatch } from '../codec/requests.ts';
import { connectTds, MOCK_LOGINS, type MockSqlServer, startMockSqlServer } from '../index.ts';

let mock: MockSqlServer;

beforeAll(async () => {
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0 });
});
afterAll(() => mock.close());

type Login = (typeof MOCK_LOGINS)[keyof typeof MOCK_LOGINS];

async function query(sql: string, login: Login = MOCK_LOGINS.readWrite, port = mock.port) {
  const { username, password } = login;
  const connection = await connectTds({
    host: '127.0.0.1',
    port,
    database: 'TestWarehouse',
    username,
    password,
    encrypt: 'off',
  });
  try {
    return await connection.query(sql);
  } finally {
    await connection.close();
  }
}

describe('the SQL engine', () => {
  it.each([
    ["select top 2 ProductID from dbo.Products where Category = N'Dairy' order by UnitPrice", [[4], [13]]],
    ['select count(*) from [TestWarehouse].[dbo].[Orders] with (nolock)', [[30]]],
    [
      'select sum(Amount), max(OrderID), min(ShippedAt) from dbo.Orders',
      [['4673.25', 9_223_372_036_854_775_807n, '2024-03-01 06:00:00']],
    ],
    [
      "select OrderID from dbo.Orders where OrderDate between '20240103' and '2024-01-05T00:00:00' order by OrderID",
      [[3n], [4n]],
    ],
    ["select FirstName + N' ' + LastName as FullName from dbo.Customer where CustomerID = 1", [['Ada Lovelace']]],
    [
      "select CustomerID from dbo.Customer where LastSeenAt > '2024-06-30 21:59:59.9 +00:00' order by LastSeenAt",
      [[1], [10]],
    ],
    ['select ProductID from dbo.Products order by ProductID offset 3 rows fetch next 2 rows only', [[4], [5]]],
    ["select cast('1.005' as decimal(5,2)), convert(int, '42'), isnull(null, 7), len('ab ')", [['1.01', 42, 7, 2]]],
    ["select DB_NAME(), SERVERPROPERTY('ProductVersion'), @@TRANCOUNT", [['TestWarehouse', '16.0.1000.6', 0]]],
    ['set nocount on; use TestWarehouse select 1 as one', [[1]]],
    [
      'select Status from dbo.Orders group by Status having sum(Amount) > 1200 order by avg(Amount)',
      [['paid'], ['shipped']],
    ],
    ['select OrderID from dbo.Orders where Amount = (select min(Amount) from dbo.Orders)', [[1n]]],
    [
      "select count(*) from dbo.Orders where Amount > cast('291' as decimal(9,2)) and Freight in (-30.3025, 29.2925)",
      [[2]],
    ],
    ['select avg(Quantity), avg(Amount) from dbo.Orders where OrderID < 5', [[5, '25.125000']]],
    [
      "select CustomerID from dbo.Customer where CreatedAt >= convert(datetime2, '20240401') order by CreatedAt desc",
      [[10], [8], [7]],
    ],
    [
      'select top 3 UnitPrice as price from dbo.Products order by price desc',
      [['99999999999999.9999'], ['62.5000'], ['30.0000']],
    ],
    [
      'select Status, sum(Amount) as total from dbo.Orders group by Status order by total',
      [
        ['returned', '1055.25'],
        ['new', '1125.60'],
        ['paid', '1206.00'],
        ['shipped', '1286.40'],
      ],
    ],
    ['select CustomerID from dbo.Customer where RowVer > 0x00000000000007D8', [[9], [10]]],
  ])('%s', async (sql, rows) => {
    expect((await query(sql)).rows).toEqual(rows);
  });

  it('describes its tables as clients ask for it', async () => {
    const { rows } = await query(
      `select s.name, t.name, c.name, y.name, c.max_length, c.precision, c.scale, c.is_nullable
       from sys.tables t join sys.schemas s on s.schema_id = t.schema_id
       join sys.columns c on c.object_id = t.object_id join sys.types y on y.user_type_id = c.user_type_id
       where t.name = 'Customer' order by c.column_id`,
    );
    expect(rows).toHaveLength(13);
    expect(rows[7]).toEqual(['dbo', 'Customer', 'CreditLimit', 'decimal', 9, 18, 4, true]);
    expect(rows[12]).toEqual(['dbo', 'Customer', 'RowVer', 'timestamp', 8, 0, 0, false]);
    const tables = await query("select TABLE_NAME from INFORMATION_SCHEMA.TABLES where TABLE_SCHEMA = 'dbo'");
    expect(tables.rows.flat()).toEqual(['Customer', 'Orders', 'Products', 'Suppliers', 'AllTypes']);
  });

  it('gives expressions the types SQL Server gives them', async () => {
    const { columns } = await query(
      "select count(*) as n, sum(Amount) as total, N'abc' as word, 1.50 as number from dbo.Orders",
    );
    expect(columns).toMatchObject([
      { name: 'n', type: 'int' },
      { name: 'total', type: 'decimal', precision: 38, scale: 2 },
      { name: 'word', type: 'nvarchar', maxLength: 6 },
      { name: 'number', type: 'numeric', precision: 3, scale: 2 },
    ]);
  });

  it.each([
    ['select * from dbo.Nope', 208],
    ['select Nope from dbo.Products', 207],
    ['select from', 102],
    ["select 'open", 105],
    ['use Other', 911],
    ['create view dbo.X as select 1', 50_000],
    ['begin select 1', 102],
    ['select 1 end', 102],
    ['exec dbo.nothing', 2812],
    ['select @nobody', 137],
    ['select 1 / 0', 8134],
    ['set rowcount 5', 50_000],
    ["select format(1, 'x')", 50_000],
    ['exec sp_who', 50_000],
    ['select * from dbo.Orders order by 1', 50_000],
    ['select OrderID from dbo.Orders where Amount in (select Amount from dbo.Orders)', 50_000],
    ["select cast('x' as int)", 8114],
    ["select cast('2023-02-29' as date)", 8114],
  ])('%s is refused with error %i', async (sql, number) => {
    await expect(query(sql)).rejects.toMatchObject({
      code: 'TDS_SERVER_ERROR',
      reason: expect.stringContaining(`error ${number},`),
    });
  });

  it('writes for the read-write login: declared types, identity and rowversion included', async () => {
    const own = await startMockSqlServer({ host: '127.0.0.1', port: 0 });
    try {
      await query(
        "insert into dbo.Products (ProductName, SKU, UnitPrice, UnitsInStock, Discontinued, ModifiedAt) values (N'New', 'N', 1.23456, 1, 0, '2024-05-05')",
        MOCK_LOGINS.readWrite,
        own.port,
      );
      const { rows } = await query(
        'select ProductID, UnitPrice, ModifiedAt from dbo.Products where ProductID > 16',
        MOCK_LOGINS.readWrite,
        own.port,
      );
      expect(rows).toEqual([[17, '1.2346', '2024-05-05 00:00:00.000']]);
      await query("update dbo.Customer set LastName = 'x' where CustomerID = 1", MOCK_LOGINS.readWrite, own.port);
      const changed = await query(
        'select CustomerID from dbo.Customer where RowVer >= 0x0000000000010000',
        MOCK_LOGINS.readWrite,
        own.port,
      );
      expect(changed.rows).toEqual([[1]]);
    } finally {
      await own.close();
    }
  });

  it.each([
    "insert into dbo.Products (SKU) values ('x')",
    'update dbo.Products set SKU = 1',
    'delete from dbo.Products',
  ])('refuses the read-only login with error 229: %s', async (sql) => {
    await expect(query(sql, MOCK_LOGINS.readOnly)).rejects.toMatchObject({
      reason: expect.stringContaining('error 229,'),
    });
    expect((await query('select count(*) from dbo.Products', MOCK_LOGINS.readOnly)).rows).toEqual([[16]]);
  });
});

describe('the server', () => {
  it('records each statement with its login', async () => {
    await query('select 4711', MOCK_LOGINS.readOnly);
    expect(mock.statements.at(-1)).toMatchObject({ login: 'reader', sql: 'select 4711' });
  });

  it('serves many clients at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) => query(`select ${index} as n, count(*) from dbo.Orders`)),
    );
    expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it('closes the connection of a client that sends garbage, and only that', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 8, maxLength: 400 }),
        fc.constantFrom(0x12, 0x10, 0x01, 0x99),
        async (bytes, type) => {
          const packet = Buffer.from(bytes);
          packet.writeUInt8(type, 0);
          packet.writeUInt8(1, 1);
          packet.writeUInt16BE(packet.length, 2);
          await new Promise<void>((resolve, reject) => {
            const socket = net.connect(mock.port, '127.0.0.1', () => socket.end(packet));
            socket.setTimeout(3000, () => reject(new Error('The mock neither answered nor closed.')));
            socket.on('error', () => resolve()).on('close', () => resolve());
            socket.resume();
          });
        },
      ),
      { numRuns: 80 },
    );
    expect((await query('select 1')).rows).toEqual([[1]]);
  }, 30_000);

  it('answers or closes when a logged-in client sends garbage', async () => {
    const { username, password } = MOCK_LOGINS.readWrite;
    const names = { hostName: 'fuzz', appName: 'fuzz', serverName: '', database: '' };
    const login = encodeLogin7({ tdsVersion: TDS_VERSION_7_4, packetSize: 4096, username, password, ...names });
    const types = [PacketType.sqlBatch, PacketType.rpc, PacketType.attention, PacketType.transactionManager, 0x55];
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(...types),
        fc.boolean(),
        async (bytes, type, hasHeaders) => {
          const headers = hasHeaders ? encodeSqlBatch('') : Buffer.alloc(0);
          const garbage = toPackets(type, Buffer.concat([headers, bytes]), 4096);
          await new Promise<void>((resolve, reject) => {
            const socket = net.connect(mock.port, '127.0.0.1', () => {
              socket.write(toPackets(PacketType.login7, login, 4096));
              socket.once('data', () => socket.write(garbage));
            });
            let answers = 0;
            socket.setTimeout(3000, () => reject(new Error(`Silence after ${answers} answers.`)));
            socket.on('data', () => {
              answers += 1;
              if (answers === 2) socket.destroy();
            });
            socket.on('error', () => resolve()).on('close', () => resolve());
          });
        },
      ),
      { numRuns: 100 },
    );
    expect((await query('select 1')).rows).toEqual([[1]]);
  }, 30_000);

  it('says that a port is taken', async () => {
    await expect(startMockSqlServer({ host: '127.0.0.1', port: mock.port })).rejects.toMatchObject({
      code: 'MOCK_PORT_TAKEN',
    });
  });
});
