import net from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PacketSplitter, PacketType, toPackets } from '../codec/packet.ts';
import { connectTds, MOCK_LOGINS, MOCK_TABLES, type MockSqlServer, startMockSqlServer } from '../index.ts';
import type { TdsConnection, TdsConnectOptions } from '../tds-connection.ts';

let mock: MockSqlServer;
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  mock = await startMockSqlServer({
    host: '127.0.0.1',
    port: 0,
    faults: { dropConnectionAfterRows: (sql) => (sql.includes('drop midway') ? 12 : undefined) },
  });
});
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
});
afterAll(() => mock.close());

function options(overrides: Partial<TdsConnectOptions> = {}): TdsConnectOptions {
  const { username, password } = MOCK_LOGINS.readWrite;
  const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse', username, password };
  return { ...place, encrypt: 'off', connectTimeoutMs: 5000, ...overrides };
}

async function connect(overrides: Partial<TdsConnectOptions> = {}): Promise<TdsConnection> {
  const connection = await connectTds(options(overrides));
  open.push(connection);
  return connection;
}

/** A server that does `serve` with each socket; resolves with its port. */
async function listen(serve: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** Stands between client and mock and cuts the mock's messages into other packets and TCP pieces. */
function listenRecutting(packetSizes: readonly number[], pieceBytes: number): Promise<number> {
  return listen((socket) => {
    const upstream = net.connect(mock.port, '127.0.0.1');
    let payload: Buffer[] = [];
    let count = 0;
    const splitter = new PacketSplitter({
      packetStart: () => undefined,
      payload: (chunk, start, end) => payload.push(Buffer.from(chunk.subarray(start, end))),
      packetEnd: (isLast) => {
        if (!isLast) return;
        const size = packetSizes[count++ % packetSizes.length] ?? 512;
        const packets = toPackets(PacketType.response, Buffer.concat(payload), size);
        payload = [];
        for (let at = 0; at < packets.length; at += pieceBytes) socket.write(packets.subarray(at, at + pieceBytes));
      },
    });
    upstream.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; ) at = splitter.feed(chunk, at, chunk.length);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('data', (chunk) => upstream.write(chunk));
    socket.on('close', () => upstream.destroy());
  });
}

describe('reading', () => {
  it.each(MOCK_TABLES.map((table) => [table.name, table] as const))(
    'A33 dbo.%s comes value by value as it was written',
    async (_name, table) => {
      const connection = await connect();
      const result = await connection.query(`select * from [dbo].[${table.name}]`);
      expect(result.columns.map(({ name }) => name)).toEqual(table.columns.map(({ name }) => name));
      expect(result.rows).toEqual(table.rows);
    },
  );

  it('gives the same rows however the response is cut into packets', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 9, max: 3000 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 200, max: 20_000 }),
        async (packetSizes, pieceBytes) => {
          const port = await listenRecutting(packetSizes, pieceBytes);
          const connection = await connect({ port });
          for (const table of MOCK_TABLES) {
            expect((await connection.query(`select * from dbo.${table.name}`)).rows).toEqual(table.rows);
          }
          await connection.close();
        },
      ),
      { numRuns: 15 },
    );
  }, 30_000);

  it('describes columns with type, length, digits and nullability', async () => {
    const connection = await connect();
    const { columns } = await connection.query(
      'select CreditLimit, CreatedAt, FirstName, Photo, RowVer from dbo.Customer',
    );
    expect(columns).toMatchObject([
      { type: 'decimal', precision: 18, scale: 4, nullable: true },
      { type: 'datetime2', scale: 7, nullable: false },
      { type: 'nvarchar', maxLength: 100, encoding: 'utf16le' },
      { type: 'varbinary', maxLength: null },
      { type: 'binary', maxLength: 8, nullable: false },
    ]);
  });

  it('pauses while the sink drains and loses nothing', async () => {
    const connection = await connect({ packetSize: 512 });
    let rows = 0;
    let drains = 0;
    const result = await connection.stream('select * from dbo.Customer', {
      columns: () => undefined,
      row: () => {
        rows += 1;
      },
      drain: () => {
        drains += 1;
        return new Promise((resolve) => setImmediate(resolve));
      },
    });
    expect(result).toEqual({ rowCount: 10 });
    expect(rows).toBe(10);
    expect(drains).toBeGreaterThan(20);
  });

  it('knows the server’s version', async () => {
    const connection = await connect();
    expect(connection.serverVersion).toBe('16.0.1000');
  });
});

describe('ending', () => {
  it('a server error rejects with its number once the response is drained, and the connection goes on', async () => {
    const connection = await connect();
    await expect(connection.query('select * from dbo.Nope')).rejects.toMatchObject({
      code: 'TDS_SERVER_ERROR',
      reason: expect.stringContaining('error 208'),
    });
    expect((await connection.query('select 1')).rows).toEqual([[1]]);
  });

  it('an error after rows rejects although rows came', async () => {
    const connection = await connect();
    let rows = 0;
    const failing = connection.stream('select * from dbo.Products; select * from dbo.Nope', {
      columns: () => undefined,
      row: () => {
        rows += 1;
      },
    });
    await expect(failing).rejects.toMatchObject({ code: 'TDS_SERVER_ERROR' });
    expect(rows).toBe(16);
  });

  it('a server that falls silent ends in TDS_REQUEST_TIMEOUT', async () => {
    const connection = await connect({ port: await listenAfterLogin(), requestTimeoutMs: 100 });
    await expect(connection.query('select 1')).rejects.toMatchObject({ code: 'TDS_REQUEST_TIMEOUT' });
  });

  it('closing under a running statement rejects it', async () => {
    const connection = await connect({ port: await listenAfterLogin() });
    const running = connection.query('select 1');
    const refused = expect(running).rejects.toMatchObject({ code: 'TDS_CONNECTION_LOST' });
    await connection.close();
    await refused;
  });

  it('a sink that throws ends the request with its error, and the connection goes on', async () => {
    const connection = await connect({ packetSize: 512 });
    const refused = connection.stream('select * from dbo.Customer', {
      columns: () => undefined,
      row: () => {
        throw new Error('row refused');
      },
    });
    await expect(refused).rejects.toThrow('row refused');
    expect((await connection.query('select 2')).rows).toEqual([[2]]);
  });

  it('a cancelled statement rejects, and the connection goes on', async () => {
    const connection = await connect({ packetSize: 512 });
    const cancelled = connection.stream('select a.* from dbo.Customer a cross join dbo.Orders b', {
      columns: () => connection.cancel(),
      row: () => undefined,
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'TDS_REQUEST_CANCELLED' });
    expect((await connection.query('select 3')).rows).toEqual([[3]]);
  });

  it('a second statement at the same time is refused', async () => {
    const connection = await connect();
    const first = connection.query('select * from dbo.Customer');
    await expect(connection.query('select 1')).rejects.toMatchObject({ code: 'TDS_CONNECTION_BUSY' });
    expect((await first).rows).toHaveLength(10);
  });

  it('a connection dropped midway rejects with TDS_CONNECTION_LOST', async () => {
    const connection = await connect({ packetSize: 512 });
    await expect(connection.query('select * from dbo.Orders /* drop midway */')).rejects.toMatchObject({
      code: 'TDS_CONNECTION_LOST',
    });
    await expect(connection.query('select 1')).rejects.toMatchObject({ code: 'TDS_CONNECTION_LOST' });
  });

  it('a cell over the limit is refused by the name of its column', async () => {
    const connection = await connect({ maxCellBytes: 1000 });
    await expect(connection.query('select Photo from dbo.Customer')).rejects.toMatchObject({
      code: 'TDS_CELL_TOO_LARGE',
      message: expect.stringContaining('Photo'),
    });
  });
});

describe('connecting', () => {
  it('a wrong password names the variables to check', async () => {
    await expect(connect({ password: 'wrong' })).rejects.toMatchObject({
      code: 'TDS_LOGIN_FAILED',
      reason: expect.stringContaining('18456'),
      fix: expect.stringMatching(/MSSQL_USERNAME.*MSSQL_PASSWORD/),
    });
  });

  it('an unknown database names its variable', async () => {
    await expect(connect({ database: 'Nope' })).rejects.toMatchObject({ code: 'TDS_DATABASE_UNAVAILABLE' });
  });

  it('nobody listening names the variables to check', async () => {
    const port = await listen(() => undefined);
    await open.splice(0).at(-1)?.close();
    await expect(connect({ port })).rejects.toMatchObject({
      code: 'TDS_CONNECT_FAILED',
      fix: expect.stringMatching(/MSSQL_SERVER.*MSSQL_PORT/),
    });
  });

  it('a silent server ends in TDS_CONNECT_TIMEOUT', async () => {
    const port = await listen(() => undefined);
    await expect(connect({ port, connectTimeoutMs: 100 })).rejects.toMatchObject({ code: 'TDS_CONNECT_TIMEOUT' });
  });

  it('random bytes from a server end in a TowpathError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), async (bytes, asPacket) => {
        const port = await listen((socket) => {
          socket.once('data', () => {
            socket.end(asPacket ? toPackets(PacketType.response, Buffer.from(bytes), 4096) : bytes);
          });
        });
        await expect(connect({ port, connectTimeoutMs: 1000 })).rejects.toMatchObject({
          code: expect.stringMatching(/^TDS_/),
        });
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('random tokens after login end in a TowpathError or a result, never in silence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        const port = await listenAfterLogin(Buffer.from(bytes));
        const connection = await connect({ port, requestTimeoutMs: 1000 });
        const outcome = await connection.query('select 1').then(
          () => 'result',
          (error: { code?: string }) => error.code ?? 'no code',
        );
        expect(outcome).toMatch(/^(TDS_|result)/);
        await connection.close();
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});

/** Passes PRELOGIN and login through to the mock, then answers everything with these bytes as a response, or not at all. */
function listenAfterLogin(bytes?: Buffer): Promise<number> {
  return listen((socket) => {
    const upstream = net.connect(mock.port, '127.0.0.1');
    let messages = 0;
    upstream.on('data', (chunk) => socket.write(chunk));
    upstream.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      messages += 1;
      if (messages <= 2) upstream.write(chunk);
      else if (bytes) socket.write(toPackets(PacketType.response, bytes, 4096));
    });
    socket.on('close', () => upstream.destroy());
  });
}
