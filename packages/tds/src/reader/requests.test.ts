// Parameters, cancelling, time limits, messages: what a request may be told, against the mock.
import net from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PacketSplitter, PacketType } from '../codec/packet.ts';
import {
  ALL_TYPES,
  type CellValue,
  connectTds,
  MOCK_LOGINS,
  type MockSqlServer,
  startMockSqlServer,
  type TdsConnectOptions,
  type TdsMessage,
} from '../index.ts';

let mock: MockSqlServer;
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  const failAfterRows = (sql: string) => (sql.includes('fail midway') ? 17 : undefined);
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, faults: { failAfterRows } });
});
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
});
afterAll(() => mock.close());

async function connect(options: Partial<TdsConnectOptions> = {}) {
  const { username, password } = MOCK_LOGINS.readWrite;
  const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse', username, password };
  const connection = await connectTds({ ...place, encrypt: 'off', connectTimeoutMs: 5000, ...options });
  open.push(connection);
  return connection;
}

const nothing = { columns: () => undefined, row: () => undefined };

describe('parameters', () => {
  const typed = ALL_TYPES.columns
    .map((column, index) => ({ ...column, values: ALL_TYPES.rows.map((row) => row[index] ?? null) }))
    .filter(({ type, encoding }) => !/variant|hierarchyid|geo/.test(type) && (encoding ?? 'cp1252') === 'cp1252');

  it.each(typed.map((column) => [`${column.name} ${column.type}`, column] as const))(
    '%s comes back as it was sent, at its edges and as NULL',
    async (_title, { type, values }) => {
      const connection = await connect();
      for (const value of [...new Set<CellValue>([...values, null])]) {
        const { columns, rows } = await connection.query('select @value as value', {
          parameters: [{ name: '@value', type, value }],
        });
        expect(columns[0]?.name).toBe('value');
        expect(rows[0]?.[0]).toEqual(value);
      }
    },
  );

  it('bind in conditions, as often as they are named', async () => {
    const connection = await connect();
    const { rows } = await connection.query(
      'select OrderID from dbo.Orders where Amount between @low and @high and (Status = @status or @status is null) order by OrderID',
      {
        parameters: [
          { name: '@low', type: 'decimal(12,2)', value: '20.00' },
          { name: '@high', type: 'decimal(12,2)', value: '70.00' },
          { name: '@status', type: 'nvarchar(20)', value: 'PAID' },
        ],
      },
    );
    expect(rows).toEqual([[5n]]);
    expect(mock.statements.at(-1)?.sql).toMatch(/^select OrderID/);
  });

  it.each([
    ['@p int; drop table dbo.Orders --', 'int', 1, 'TDS_VALUE_INVALID'],
    ['p', 'int', 1, 'TDS_VALUE_INVALID'],
    ['@p', 'int; drop table x', 1, 'TDS_TYPE_UNSUPPORTED'],
    ['@p', 'int', 'x', 'TDS_VALUE_INVALID'],
    ['@p', 'decimal(5,2)', '1000', 'TDS_VALUE_INVALID'],
    ['@p', 'varchar(3)', 'four', 'TDS_VALUE_INVALID'],
  ])('%s %s is refused before anything is sent', async (name, type, value, code) => {
    const connection = await connect();
    const sent = mock.statements.length;
    await expect(connection.query('select 1', { parameters: [{ name, type, value }] })).rejects.toMatchObject({ code });
    expect(mock.statements.length).toBe(sent);
    expect((await connection.query('select 2')).rows).toEqual([[2]]);
  });
});

describe('stopping', () => {
  it('a signal stops a waiting statement at once, and the connection goes on', async () => {
    const connection = await connect();
    const abort = new AbortController();
    const waiting = connection.query("waitfor delay '00:01:00'", { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'TDS_REQUEST_CANCELLED' });
    expect((await connection.query('select 1')).rows).toEqual([[1]]);
    await expect(connection.query('select 1', { signal: abort.signal })).rejects.toMatchObject({
      code: 'TDS_REQUEST_CANCELLED',
    });
  });

  it('a signal stops a large result midway, however slowly its sink drains', async () => {
    const connection = await connect();
    const abort = new AbortController();
    let rows = 0;
    const reading = connection.stream(
      'select * from dbo.Generated_1000000',
      {
        columns: () => undefined,
        row: () => {
          rows += 1;
        },
        // The warehouse hangs: this drain never settles.
        drain: () => {
          setImmediate(() => abort.abort());
          return new Promise(() => undefined);
        },
      },
      { signal: abort.signal },
    );
    await expect(reading).rejects.toMatchObject({ code: 'TDS_REQUEST_CANCELLED' });
    expect(rows).toBeLessThan(100_000);
    expect((await connection.query('select 1')).rows).toEqual([[1]]);
  });

  it('a statement’s time limit stops it, and the connection goes on', async () => {
    const connection = await connect();
    await expect(connection.query("waitfor delay '00:01:00'", { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'TDS_REQUEST_TIMEOUT',
    });
    expect((await connection.query('select 1', { timeoutMs: 60_000 })).rows).toEqual([[1]]);
  });

  it('a server that does not confirm is given up after its limit', async () => {
    const port = await listenWithoutAttention();
    const connection = await connect({ port, cancelTimeoutMs: 50 });
    await expect(connection.query("waitfor delay '00:00:30'", { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TDS_REQUEST_TIMEOUT',
    });
    await expect(connection.query('select 1')).rejects.toMatchObject({ code: 'TDS_CONNECTION_LOST' });
  });

  it('an error in the middle of a result rejects after the rows before it', async () => {
    const connection = await connect();
    let rows = 0;
    const failing = connection.stream('select * from dbo.Generated_5000 /* fail midway */', {
      columns: () => undefined,
      row: () => {
        rows += 1;
      },
    });
    await expect(failing).rejects.toMatchObject({
      code: 'TDS_SERVER_ERROR',
      reason: expect.stringContaining('error 605'),
    });
    expect(rows).toBe(17);
  });

  it('messages of the server arrive while the statement runs', async () => {
    const connection = await connect();
    const messages: TdsMessage[] = [];
    connection.onMessage = (message) => messages.push(message);
    await connection.stream("print 'half way'; raiserror('a hint', 10, 1)", nothing);
    expect(messages).toEqual([
      { number: 0, severity: 0, text: 'half way' },
      { number: 50_000, severity: 10, text: 'a hint' },
    ]);
  });
});

/** Passes everything on to the mock but attentions. */
async function listenWithoutAttention(): Promise<number> {
  const server = net.createServer((socket) => {
    const upstream = net.connect(mock.port, '127.0.0.1');
    let isAttention = false;
    const splitter = new PacketSplitter({
      packetStart: (type) => {
        isAttention = type === PacketType.attention;
      },
      payload: () => undefined,
      packetEnd: () => undefined,
    });
    for (const end of [socket, upstream]) end.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; ) at = splitter.feed(chunk, at, chunk.length);
      if (!isAttention) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => socket.write(chunk));
    socket.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.unshift({ close: () => server.close() });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
