// A server with TLS is played by a process of this test that ends TLS and passes everything on to the mock; tedious is
// the judge of whether it does so as SQL Server does.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import fc from 'fast-check';
import { Connection, Request } from 'tedious';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PacketType, toPackets } from '../codec/packet.ts';
import { encodePrelogin, PreloginEncryption } from '../codec/prelogin.ts';
import { TlsHandshakeStream } from '../codec/tls-handshake-stream.ts';
import { connectTds, MOCK_LOGINS, MOCK_TABLES, type MockSqlServer, startMockSqlServer } from '../index.ts';
import type { TdsConnectOptions } from '../tds-connection.ts';

/** Looked for on the path; without it these tests are skipped. */
const OPENSSL = 'openssl';
/** Type of a TLS record with application data (RFC 5246, 6.2.1). */
const APPLICATION_DATA = 0x17;

let mock: MockSqlServer;
let server: net.Server;
let port = 0;
const sockets = new Set<net.Socket>();
const secrets = createCertificate();

/** A certificate for 127.0.0.1, or undefined where there is no openssl. */
function createCertificate(): { key: Buffer; cert: Buffer } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tds-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=mock', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync(OPENSSL, ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function serve(socket: net.Socket): void {
  sockets.add(socket);
  socket.on('error', () => socket.destroy());
  socket.once('data', () => {
    const answer = encodePrelogin({ version: [16, 0, 1000, 0], encryption: PreloginEncryption.required });
    socket.write(toPackets(PacketType.response, answer, 4096));
    const stream = new TlsHandshakeStream((bytes, done) => socket.write(bytes, done));
    socket.on('data', (chunk) => {
      // The first bare record says that the client has seen the end of the handshake.
      if (chunk[0] === APPLICATION_DATA) stream.finishHandshake();
      stream.receive(chunk);
    });
    const secure = new tls.TLSSocket(stream, { isServer: true, ...secrets });
    const upstream = net.connect(mock.port, '127.0.0.1');
    for (const end of [secure, upstream]) end.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    secure.pipe(upstream).pipe(secure);
  });
}

beforeAll(async () => {
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0 });
  server = net.createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = address !== null && typeof address === 'object' ? address.port : 0;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  await mock.close();
});

function options(overrides: Partial<TdsConnectOptions>): TdsConnectOptions {
  const { username, password } = MOCK_LOGINS.readOnly;
  const place = { host: '127.0.0.1', port, database: 'TestWarehouse', username, password };
  return { ...place, encrypt: 'on', trustServerCertificate: true, connectTimeoutMs: 5000, ...overrides };
}

beforeEach((context) => context.skip(!secrets, 'openssl is not on the path'));

describe('encryption', () => {
  it('tedious accepts the server of this test', async () => {
    const { username: userName, password } = MOCK_LOGINS.readOnly;
    const connection = new Connection({
      server: '127.0.0.1',
      authentication: { type: 'default', options: { userName, password } },
      options: { port, encrypt: true, trustServerCertificate: true, database: 'TestWarehouse' },
    });
    await new Promise<void>((resolve, reject) => {
      connection.once('connect', (error) => (error ? reject(error) : resolve()));
      connection.connect();
    });
    const count = await new Promise((resolve, reject) => {
      connection.execSqlBatch(
        new Request('select * from dbo.Customer', (error, rows) => (error ? reject(error) : resolve(rows))),
      );
    });
    connection.close();
    expect(count).toBe(10);
  });

  it.each(MOCK_TABLES.map((table) => [table.name, table] as const))('reads dbo.%s over TLS', async (_name, table) => {
    const connection = await connectTds(options({}));
    let drains = 0;
    const result = await connection.query(`select * from dbo.${table.name}`);
    await connection.stream(`select * from dbo.${table.name}`, {
      columns: () => undefined,
      row: () => undefined,
      drain: () => {
        drains += 1;
        return new Promise((resolve) => setImmediate(resolve));
      },
    });
    await connection.close();
    expect(result.rows).toEqual(table.rows);
    expect(drains).toBeGreaterThan(0);
  });

  it('refuses a certificate that nobody vouches for', async () => {
    await expect(connectTds(options({ trustServerCertificate: false }))).rejects.toMatchObject({
      code: 'TDS_TLS_FAILED',
    });
  });

  it('random bytes in place of the handshake end in a TowpathError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), async (bytes, asPacket) => {
        const garbage = asPacket ? toPackets(PacketType.prelogin, Buffer.from(bytes), 4096) : bytes;
        const answer = encodePrelogin({ version: [16, 0, 0, 0], encryption: PreloginEncryption.on });
        const liar = net.createServer((socket) => {
          socket.on('error', () => socket.destroy());
          socket.once('data', () => {
            socket.write(toPackets(PacketType.response, answer, 4096));
            socket.once('data', () => socket.end(garbage));
          });
        });
        await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
        const address = liar.address();
        const liarPort = address !== null && typeof address === 'object' ? address.port : 0;
        await expect(connectTds(options({ port: liarPort, connectTimeoutMs: 1000 }))).rejects.toMatchObject({
          code: expect.stringMatching(/^TDS_/),
        });
        await new Promise((resolve) => liar.close(resolve));
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  it('says when the server requires encryption, or has none', async () => {
    await expect(connectTds(options({ encrypt: 'off' }))).rejects.toMatchObject({ code: 'TDS_ENCRYPTION_MISMATCH' });
    await expect(connectTds(options({ port: mock.port }))).rejects.toMatchObject({ code: 'TDS_ENCRYPTION_MISMATCH' });
  });
});
