// What a damaged or cut response leads to: always an error, never a short result, a crash, a hang or a pile of memory.
import net from 'node:net';
import { TowpathError } from '@towpath/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MoreBytesNeeded } from '../codec/byte-reader.ts';
import { decodeCell } from '../codec/decode-cell.ts';
import { PacketSplitter, PacketType, toPackets } from '../codec/packet.ts';
import { connectTds, MOCK_LOGINS, type MockSqlServer, startMockSqlServer } from '../index.ts';
import { OMITTED_CELL, type TdsColumn } from '../tds-column.ts';
import { ActiveRequest } from './active-request.ts';
import { ByteQueue } from './byte-queue.ts';

let mock: MockSqlServer;
let packetLimit: number | undefined;
/** The whole response to a statement, its packets joined. */
const responses = new Map<string, Buffer>();

beforeAll(async () => {
  const dropConnectionAfterPackets = (sql: string) => (sql.includes('/* cut */') ? packetLimit : undefined);
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, faults: { dropConnectionAfterPackets } });
  for (const table of ['AllTypes', 'Customer', 'Orders']) {
    responses.set(table, await recordResponse(`select * from dbo.${table}`));
  }
});
afterAll(() => mock.close());

async function connect(port = mock.port) {
  const { username, password } = MOCK_LOGINS.readOnly;
  const place = { host: '127.0.0.1', port, database: 'TestWarehouse', username, password };
  return await connectTds({ ...place, encrypt: 'off', packetSize: 512, connectTimeoutMs: 5000 });
}

/** Listens in on one statement. */
async function recordResponse(sql: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const messages: Buffer[] = [];
  const splitter = new PacketSplitter({
    packetStart: () => undefined,
    payload: (chunk, start, end) => pieces.push(Buffer.from(chunk.subarray(start, end))),
    packetEnd: (isLast) => {
      if (isLast) messages.push(Buffer.concat(pieces.splice(0)));
    },
  });
  const server = net.createServer((socket) => {
    const upstream = net.connect(mock.port, '127.0.0.1');
    for (const end of [socket, upstream]) end.on('error', () => undefined);
    socket.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; ) at = splitter.feed(chunk, at, chunk.length);
      socket.write(chunk);
    });
    socket.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const connection = await connect(address !== null && typeof address === 'object' ? address.port : 0);
  await connection.query(sql);
  await connection.close();
  await new Promise((resolve) => server.close(resolve));
  return messages.at(-1) ?? Buffer.alloc(0);
}

/** Reads a response as a request does, cell by cell; gives the count of rows or the error, and the most memory it held. */
async function read(message: Buffer, pieceBytes: number, omitsOversized = false) {
  let columns: readonly TdsColumn[] = [];
  const sink = {
    columns: (found: readonly TdsColumn[]) => {
      columns = found;
    },
    row: ({ buffer, offsets, lengths }: { buffer: Buffer; offsets: Int32Array; lengths: Int32Array }) => {
      columns.forEach((column, index) => {
        const length = lengths[index] ?? -1;
        if (length !== OMITTED_CELL) decodeCell(column, buffer, offsets[index] ?? 0, length);
      });
    },
  };
  const nothing = () => undefined;
  const host = {
    maxCellBytes: 100_000,
    omitsOversized,
    stop: nothing,
    info: nothing,
    packetSize: nothing,
    finished: nothing,
  };
  const request = new ActiveRequest(sink, host);
  const queue = new ByteQueue();
  let mostBytes = 0;
  try {
    for (let at = 0; at < message.length; at += pieceBytes) {
      const end = Math.min(at + pieceBytes, message.length);
      queue.append(message, at, end);
      mostBytes = Math.max(mostBytes, queue.buffer.length);
      await request.packet(queue, end === message.length);
    }
    // A sink that failed waits for the server's confirmation, which does not come here.
    return { outcome: await Promise.race([request.outcome, Promise.resolve(undefined)]), mostBytes };
  } catch (error) {
    request.outcome.catch(() => undefined);
    return { error, mostBytes };
  }
}

/** Errors a caller gets as they are, or translated by the connection. */
function isExpected(error: unknown): boolean {
  return error === undefined || error instanceof TowpathError || error instanceof MoreBytesNeeded;
}

const tables = ['AllTypes', 'Customer', 'Orders'];
const responseOf = (table: string): Buffer => responses.get(table) ?? Buffer.alloc(0);

describe('a cut connection', () => {
  it.each(['Customer', 'Orders', 'AllTypes'])(
    'after every packet of dbo.%s ends in TDS_CONNECTION_LOST, only the whole one in a result',
    async (table) => {
      const packets = Math.ceil(responseOf(table).length / 504);
      expect(packets).toBeGreaterThan(5);
      // AllTypes has some hundred packets: the first and last ones, and every tenth between.
      const limits = Array.from({ length: packets }, (_, index) => index).filter(
        (limit) => packets < 60 || limit < 20 || limit > packets - 20 || limit % 10 === 0,
      );
      for (const limit of limits) {
        packetLimit = limit;
        const connection = await connect();
        const outcome = await connection.query(`select * from dbo.${table} /* cut */`).then(
          ({ rows }) => `${rows.length} rows`,
          (error: { code?: string }) => error.code,
        );
        expect([limit, outcome]).toEqual([limit, 'TDS_CONNECTION_LOST']);
        await connection.close();
      }
      packetLimit = packets;
      const connection = await connect();
      expect((await connection.query(`select * from dbo.${table} /* cut */`)).rows.length).toBeGreaterThan(4);
      await connection.close();
    },
    60_000,
  );

  it('after any byte is an error, although the end is marked as one', async () => {
    const message = responseOf('Orders');
    for (let length = 1; length < message.length; length += 1) {
      const { outcome, error } = await read(message.subarray(0, length), 4096);
      expect([length, outcome, isExpected(error) && error !== undefined]).toEqual([length, undefined, true]);
    }
    expect((await read(message, 4096)).outcome).toEqual({ rowCount: 30 });
  }, 30_000);
});

describe('a damaged response', () => {
  it('with flipped bits ends in an error or other values, whatever the packets', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tables),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.boolean(),
        async (table, flips, pieceBytes, omits) => {
          const damaged = Buffer.from(responseOf(table));
          for (const [at, bit] of flips)
            damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ (1 << bit);
          const { error, mostBytes } = await read(damaged, Math.max(pieceBytes, 64), omits);
          expect(isExpected(error), String(error)).toBe(true);
          expect(mostBytes).toBeLessThan(2 ** 21);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);

  it('with oversized lengths, cuts and repetitions never gives more than it has', async () => {
    const damage = fc.oneof(
      fc.record({
        at: fc.nat(),
        bytes: fc.constantFrom('ff', 'ffff', 'ffffffff', 'ffffff7f', 'feffffffffffffff', '00000080'),
      }),
      fc.record({ at: fc.nat(), drop: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ at: fc.nat(), repeat: fc.integer({ min: 1, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tables),
        damage,
        fc.integer({ min: 64, max: 5000 }),
        async (table, change, pieceBytes) => {
          const whole = responseOf(table);
          const at = change.at % whole.length;
          const parts =
            'bytes' in change
              ? [whole.subarray(0, at), Buffer.from(change.bytes, 'hex'), whole.subarray(at + change.bytes.length / 2)]
              : 'drop' in change
                ? [whole.subarray(0, at), whole.subarray(at + change.drop)]
                : [whole.subarray(0, at + change.repeat), whole.subarray(at)];
          const { error, mostBytes } = await read(Buffer.concat(parts), pieceBytes);
          expect(isExpected(error), String(error)).toBe(true);
          expect(mostBytes).toBeLessThan(2 ** 21);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);

  it('of random tokens ends in an error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 600 }),
        fc.integer({ min: 1, max: 300 }),
        async (bytes, pieceBytes) => {
          const { error } = await read(Buffer.from(bytes), pieceBytes);
          expect(isExpected(error), String(error)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);

  it('that never ends is given up before it fills the memory', async () => {
    let sentBytes = 0;
    const server = net.createServer((socket) => {
      const upstream = net.connect(mock.port, '127.0.0.1');
      for (const end of [socket, upstream]) end.on('error', () => undefined);
      let messages = 0;
      upstream.on('data', (chunk) => socket.write(chunk));
      socket.on('data', (chunk) => {
        messages += 1;
        if (messages <= 2) upstream.write(chunk);
        else sendForEver(socket, (bytes) => (sentBytes += bytes));
      });
      socket.on('close', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const connection = await connect(address !== null && typeof address === 'object' ? address.port : 0);
    await expect(connection.query('select 1')).rejects.toMatchObject({ code: 'TDS_PROTOCOL_ERROR' });
    // Sixteen MiB are kept at most; the rest is on its way between the two.
    expect(sentBytes).toBeLessThan(64 * 2 ** 20);
    await connection.close();
    await new Promise((resolve) => server.close(resolve));
  }, 30_000);
});

/** A token of two gigabytes, as its length says. */
function sendForEver(socket: net.Socket, onSent: (bytes: number) => void): void {
  const body = Buffer.alloc(4000, 0x41);
  let head = Buffer.from('e4ffffff7f', 'hex');
  const more = (): void => {
    if (socket.destroyed) return;
    const part = { packetsBefore: 0, isEnd: false };
    socket.write(toPackets(PacketType.response, Buffer.concat([head, body]), 4096, part), () => setImmediate(more));
    onSent(head.length + body.length);
    head = Buffer.alloc(0);
  };
  more();
}
