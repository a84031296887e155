// The three modes of TLS, our reader against the mock; foreign-clients.test.ts has others as judges of both.
import net from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  connectTds,
  MOCK_LOGINS,
  MOCK_TABLES,
  type MockEncryption,
  type MockSqlServer,
  startMockSqlServer,
  type TdsConnection,
  type TdsConnectOptions,
  type TdsEncryption,
} from '../index.ts';
import { createSelfSignedCertificate } from '../mock/self-signed-certificate.ts';

const mocks = new Map<MockEncryption, MockSqlServer>();
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  for (const encryption of ['none', 'optional', 'required'] as const) {
    const faults = {
      dropConnectionAfterPackets: (sql: string) => (sql.includes('/* cut */') ? 9 : undefined),
      dropConnectionAfterRows: (sql: string) => (sql.includes('/* reset */') ? 3000 : undefined),
    };
    mocks.set(encryption, await startMockSqlServer({ host: '127.0.0.1', port: 0, encryption, faults }));
  }
});
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
});
afterAll(async () => {
  for (const mock of mocks.values()) await mock.close();
});

function mockOf(encryption: MockEncryption): MockSqlServer {
  const mock = mocks.get(encryption);
  if (!mock) throw new Error(encryption);
  return mock;
}

async function connect(
  server: MockEncryption,
  encrypt: TdsEncryption,
  overrides: Partial<TdsConnectOptions> = {},
): Promise<TdsConnection> {
  const mock = mockOf(server);
  const { username, password } = MOCK_LOGINS.readOnly;
  const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse', username, password };
  const trust = mock.certificate === undefined ? {} : { certificateAuthority: mock.certificate };
  const connection = await connectTds({ ...place, encrypt, ...trust, connectTimeoutMs: 5000, ...overrides });
  open.push(connection);
  return connection;
}

/** Passes everything on to a mock and keeps what the client sent and got. */
async function listenIn(mock: MockSqlServer): Promise<{ port: number; up: Buffer[]; down: Buffer[] }> {
  const [up, down]: [Buffer[], Buffer[]] = [[], []];
  const server = net.createServer((socket) => {
    const upstream = net.connect(mock.port, '127.0.0.1');
    for (const end of [socket, upstream]) end.on('error', () => undefined);
    socket.on('data', (chunk) => {
      up.push(Buffer.from(chunk));
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      down.push(Buffer.from(chunk));
      socket.write(chunk);
    });
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.unshift({ close: () => server.close() });
  const address = server.address();
  return { port: address !== null && typeof address === 'object' ? address.port : 0, up, down };
}

describe('encryption', () => {
  it.each([
    ['none', 'off'],
    ['optional', 'off'],
    ['optional', 'on'],
    ['optional', 'strict'],
    ['required', 'on'],
    ['required', 'strict'],
  ] as const)('a server with encryption %s is read with MSSQL_ENCRYPT=%s', async (server, encrypt) => {
    const connection = await connect(server, encrypt);
    for (const table of MOCK_TABLES) {
      expect((await connection.query(`select * from dbo.${table.name}`)).rows).toEqual(table.rows);
    }
    const { rowCount } = await connection.stream('select * from dbo.Generated_20000', {
      columns: () => undefined,
      row: () => undefined,
      drain: () => new Promise((resolve) => setImmediate(resolve)),
    });
    expect(rowCount).toBe(20_000);
  });

  it.each([
    ['none', 'on', 'TDS_ENCRYPTION_MISMATCH'],
    ['required', 'off', 'TDS_ENCRYPTION_MISMATCH'],
    ['none', 'strict', 'TDS_CONNECT_FAILED|TDS_TLS_FAILED|TDS_CONNECTION_LOST'],
  ] as const)('a server with encryption %s refuses MSSQL_ENCRYPT=%s: %s', async (server, encrypt, code) => {
    await expect(connect(server, encrypt)).rejects.toMatchObject({ code: expect.stringMatching(code) });
  });

  it.each([
    ['none', 'off', true, true],
    ['optional', 'off', false, true],
    ['optional', 'on', false, false],
    ['optional', 'strict', false, false],
  ] as const)(
    'server %s, client %s: login readable on the wire %s, data readable %s',
    async (server, encrypt, login, data) => {
      const { port, up, down } = await listenIn(mockOf(server));
      const connection = await connect(server, encrypt, { port });
      await connection.query('select * from dbo.Products');
      const [sent, received] = [Buffer.concat(up), Buffer.concat(down)];
      expect(sent.includes(Buffer.from('TestWarehouse', 'utf16le'))).toBe(login);
      expect(sent.includes(Buffer.from('select', 'utf16le'))).toBe(data);
      expect(received.includes(Buffer.from('北京烤鸭酱', 'utf16le'))).toBe(data);
      expect(sent[0]).toBe(encrypt === 'strict' ? 0x16 : 0x12);
      if (encrypt === 'strict') expect(sent.includes('tds/8.0')).toBe(true);
    },
  );
});

describe.each(['off', 'on', 'strict'] as const)('a connection under %s', (encrypt) => {
  it.each(['cut', 'reset'])('that is %s midway ends in an error', async (fault) => {
    const connection = await connect('optional', encrypt);
    const sql = `select * from dbo.Generated_20000 /* ${fault} */`;
    await expect(connection.query(sql)).rejects.toMatchObject({ code: 'TDS_CONNECTION_LOST' });
  });

  it('that the client closes midway leaves the server to others', async () => {
    const connection = await connect('optional', encrypt);
    const reading = connection.stream('select * from dbo.Generated_500000', {
      columns: () => undefined,
      row: () => undefined,
      drain: () => connection.close(),
    });
    await expect(reading).rejects.toMatchObject({ code: 'TDS_CONNECTION_LOST' });
    const next = await connect('optional', encrypt);
    expect((await next.query('select 1')).rows).toEqual([[1]]);
  });

  it('cancels, and goes on', async () => {
    const connection = await connect('optional', encrypt);
    await expect(connection.query("waitfor delay '00:01:00'", { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TDS_REQUEST_TIMEOUT',
    });
    expect((await connection.query('select 1')).rows).toEqual([[1]]);
  });
});

describe.each(['on', 'strict'] as const)('the certificate under %s', (encrypt) => {
  const other = createSelfSignedCertificate(['localhost']).cert;

  it.each([
    ['nobody vouches for it', { certificateAuthority: other }, /SELF_SIGNED|UNABLE_TO_VERIFY|signature/i],
    ['it has another name', { certificateName: 'elsewhere.example' }, /ALTNAME/],
  ] as const)('is refused when %s', async (_title, checks, cause) => {
    await expect(connect('optional', encrypt, checks)).rejects.toMatchObject({
      code: 'TDS_TLS_FAILED',
      reason: expect.stringMatching(cause),
    });
  });

  it.each([
    ['its authority is named', {}],
    ['it has the name that was asked for', { certificateName: 'localhost' }],
    ['any is trusted', { certificateAuthority: other, certificateName: 'x.example', trustServerCertificate: true }],
  ])('is accepted when %s', async (_title, checks) => {
    const connection = await connect('optional', encrypt, checks);
    expect((await connection.query('select 1')).rows).toEqual([[1]]);
  });

  it('is refused without its authority', async () => {
    const mock = mockOf('optional');
    const { username, password } = MOCK_LOGINS.readOnly;
    const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse', username, password };
    await expect(connectTds({ ...place, encrypt, connectTimeoutMs: 5000 })).rejects.toMatchObject({
      code: 'TDS_TLS_FAILED',
    });
  });
});

describe('routing and integrated security', () => {
  it('a login is followed to the server it is meant for', async () => {
    const target = mockOf('optional');
    const gateway = await startMockSqlServer({
      host: '127.0.0.1',
      port: 0,
      routeTo: { host: '127.0.0.1', port: target.port },
    });
    open.push(gateway);
    const connection = await connect('none', 'off', { port: gateway.port });
    await connection.query('select 4242');
    expect(target.statements.at(-1)?.sql).toBe('select 4242');
    expect(gateway.statements).toEqual([]);
  });

  it('a circle of servers ends in an error', async () => {
    const port = await freePort();
    const circle = await startMockSqlServer({ host: '127.0.0.1', port, routeTo: { host: '127.0.0.1', port } });
    open.push(circle);
    await expect(connect('none', 'off', { port })).rejects.toMatchObject({ code: 'TDS_ROUTING_LOOP' });
  });

  it.each([4, 70_000])('tokens of %i bytes go to and fro until the server accepts', async (bytes) => {
    const received: Buffer[] = [];
    const mock = await startMockSqlServer({
      host: '127.0.0.1',
      port: 0,
      answerSspi: (token) => {
        received.push(token);
        return received.length < 3 ? Buffer.from(`challenge ${received.length}`) : 'accept';
      },
    });
    open.push(mock);
    const challenges: unknown[] = [];
    const next = async (challenge: Buffer | undefined): Promise<Buffer> => {
      challenges.push(challenge?.toString());
      return Buffer.alloc(bytes, challenges.length);
    };
    const connection = await connect('none', 'off', { port: mock.port, integratedSecurity: { next } });
    expect(challenges).toEqual([undefined, 'challenge 1', 'challenge 2']);
    expect(received).toEqual([1, 2, 3].map((fill) => Buffer.alloc(bytes, fill)));
    expect((await connection.query('select 1')).rows).toEqual([[1]]);
  });

  it('a refused token says so without naming a password', async () => {
    const integratedSecurity = { next: async () => Buffer.from('token') };
    await expect(connect('none', 'off', { integratedSecurity })).rejects.toMatchObject({
      code: 'TDS_LOGIN_FAILED',
      fix: expect.stringContaining('ticket'),
    });
  });
});

describe('the mock', () => {
  it('closes what begins as TLS and goes on as garbage, and serves the next', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), async (bytes, isStrict) => {
        const mock = mockOf('optional');
        await new Promise<void>((resolve, reject) => {
          const socket = net.connect(mock.port, '127.0.0.1', () =>
            socket.end(Buffer.concat([Buffer.from(isStrict ? [0x16, 3, 1] : []), bytes])),
          );
          socket.setTimeout(3000, () => reject(new Error('neither answered nor closed')));
          socket.on('error', () => resolve()).on('close', () => resolve());
          socket.resume();
        });
      }),
      { numRuns: 60 },
    );
    const connection = await connect('optional', 'strict');
    expect((await connection.query('select 1')).rows).toEqual([[1]]);
  }, 30_000);
});

/** A port nobody listens on, found by listening and closing. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === 'object' ? address.port : 0;
}
