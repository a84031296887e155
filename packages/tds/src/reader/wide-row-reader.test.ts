import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ByteWriter } from '../codec/byte-writer.ts';
import { parseDeclaredType } from '../codec/declared-type.ts';
import { decodeCell } from '../codec/decode-cell.ts';
import { writeCell } from '../codec/encode-cell.ts';
import { Token, writeColumnMetadata } from '../codec/tokens.ts';
import {
  connectTds,
  largeByteAt,
  MOCK_LOGINS,
  type MockSqlServer,
  OMITTED_CELL,
  startMockSqlServer,
} from '../index.ts';
import { generateLargeRows } from '../mock/generated/large-cells.ts';
import { LARGE_COLUMNS } from '../mock/generated/large-columns.ts';
import type { CellValue, TdsColumn } from '../tds-column.ts';
import type { TdsConnectOptions } from '../tds-connection.ts';
import { ByteQueue } from './byte-queue.ts';
import { ResponseParser } from './response-parser.ts';

let mock: MockSqlServer;

beforeAll(async () => {
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0 });
});
afterAll(() => mock.close());

async function connect(options: Partial<TdsConnectOptions>) {
  const { username, password } = MOCK_LOGINS.readOnly;
  const place = { host: '127.0.0.1', port: mock.port, database: 'TestWarehouse', username, password };
  return await connectTds({ ...place, encrypt: 'off', connectTimeoutMs: 5000, ...options });
}

/** Enough periods of a large Body for any piece. */
const BODY = Buffer.from(Array.from({ length: 1_200_000 }, (_, index) => largeByteAt(index)));

/** Whether these are the bytes of a large Body from this position on. */
function isBody(piece: Buffer, position: number): boolean {
  const start = position % 251;
  return BODY.subarray(start, start + piece.length).equals(piece);
}

describe('cells beyond the limit', () => {
  it('come piece by piece before their row, every byte of them', async () => {
    const size = 32_000_000;
    const connection = await connect({ maxCellBytes: 1_000_000 });
    const sizes = new Map<string, number>();
    const lengths: number[][] = [];
    let rows = 0;
    let isExact = true;
    await connection.stream(`select * from dbo.LargeCells_${size} where Id <= 3`, {
      columns: () => undefined,
      oversized: ({ columnIndex, buffer, offset, length, isLast }) => {
        const key = `row ${rows + 1} column ${columnIndex}`;
        const at = sizes.get(key) ?? 0;
        if (columnIndex === 1) isExact &&= isBody(buffer.subarray(offset, offset + length), at);
        sizes.set(key, at + length);
        if (isLast) isExact &&= length === 0;
      },
      row: (row) => {
        rows += 1;
        lengths.push([...row.lengths]);
      },
    });
    await connection.close();
    expect(Object.fromEntries(sizes)).toEqual({ 'row 2 column 1': size, 'row 3 column 2': size });
    expect(lengths).toEqual([
      [4, 1, 12, 6],
      [4, OMITTED_CELL, 12, 6],
      [4, 1, OMITTED_CELL, 6],
    ]);
    expect(isExact).toBe(true);
  }, 60_000);

  it('take no more memory than the limit, whatever their size', () => {
    const size = 200_000_000;
    const queue = new ByteQueue();
    const writer = new ByteWriter();
    writeColumnMetadata(
      writer,
      LARGE_COLUMNS.map((column) => ({
        name: column.name,
        nullable: column.nullable ?? true,
        ...declaredType(column.type),
      })),
    );
    let [handed, mostBytes] = [0, 0];
    const parser = new ResponseParser(
      {
        ...IGNORING,
        oversized: ({ length }) => {
          handed += length;
        },
        row: ({ buffer }) => {
          mostBytes = Math.max(mostBytes, buffer.length);
        },
      },
      1_000_000,
    );
    const feed = (bytes: Buffer): void => {
      queue.append(bytes, 0, bytes.length);
      parser.parse(queue, false);
      mostBytes = Math.max(mostBytes, queue.buffer.length);
    };
    feed(writer.take());
    for (const { bytes } of generateLargeRows(size, { columns: [0, 1, 2, 3], firstId: 1, lastId: 4 })) feed(bytes);
    expect(handed).toBe(4 * size);
    expect(mostBytes).toBeLessThan(3_000_000);
  }, 30_000);

  it('fail by default, naming the column', async () => {
    const connection = await connect({ maxCellBytes: 10_000 });
    await expect(connection.query('select * from dbo.LargeCells_20000')).rejects.toMatchObject({
      code: 'TDS_CELL_TOO_LARGE',
      message: expect.stringContaining('Body'),
    });
  });

  it('are passed over on demand: the row, its key and the connection go on', async () => {
    const connection = await connect({ maxCellBytes: 10_000, oversizedCells: 'omit' });
    const seen: unknown[] = [];
    await connection.stream('select Id, Body, Note, Tail from dbo.LargeCells_20000', {
      columns: () => undefined,
      row: ({ buffer, offsets, lengths }) => {
        const key = buffer.readInt32LE(offsets[0]);
        seen.push([key, [...lengths.slice(1, 3)], buffer.toString('latin1', offsets[3], (offsets[3] ?? 0) + 6)]);
      },
    });
    expect(seen).toEqual([
      [1, [1, 12], 'tail 1'],
      [2, [OMITTED_CELL, 12], 'tail 2'],
      [3, [1, OMITTED_CELL], 'tail 3'],
      [4, [OMITTED_CELL, OMITTED_CELL], 'tail 4'],
      [5, [1, 12], 'tail 5'],
    ]);
    await expect(connection.query('select Body from dbo.LargeCells_20000')).rejects.toMatchObject({
      code: 'TDS_CELL_TOO_LARGE',
    });
    expect((await connection.query('select 1')).rows).toEqual([[1]]);
    await connection.close();
  });

  it('whatever is small or large, and wherever packets end, the pieces make the same values', () => {
    const cell = fc.option(fc.uint8Array({ maxLength: 400 }), { nil: null });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 300 }),
        fc.boolean(),
        (rows, pieceBytes, maxCellBytes, asNbc) => {
          const values = rows.map((row) => row.map((bytes) => (bytes ? Buffer.from(bytes) : null)));
          expect(parseAll(encode(values, asNbc), pieceBytes, maxCellBytes)).toEqual(values);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Two max columns, an image and a small one between. */
const COLUMNS: TdsColumn[] = ['varbinary(max)', 'image', 'varbinary(400)', 'varbinary(max)'].map((type, index) => ({
  name: `C${index}`,
  nullable: true,
  ...declaredType(type),
}));

function declaredType(type: string) {
  const declared = parseDeclaredType(type);
  if (!declared) throw new Error(type);
  return declared;
}

const IGNORING = {
  columns: () => undefined,
  error: () => undefined,
  info: () => undefined,
  done: () => undefined,
  loginAck: () => undefined,
  packetSize: () => undefined,
  routed: () => undefined,
};

function encode(rows: readonly (readonly (Buffer | null)[])[], asNbc: boolean): Buffer {
  const writer = new ByteWriter();
  const wires = writeColumnMetadata(writer, COLUMNS);
  for (const row of rows) {
    writer.u8(asNbc ? Token.nbcRow : Token.row);
    if (asNbc) writer.u8(row.reduce((bits, value, index) => bits | (value === null ? 1 << index : 0), 0));
    row.forEach((value, index) => {
      const wire = wires[index];
      if (wire && !(asNbc && value === null)) writeCell(writer, wire, value);
    });
  }
  return writer.take();
}

/** Feeds the bytes in pieces and puts the large cells together again; cells of the small column stay within any limit. */
function parseAll(bytes: Buffer, pieceBytes: number, maxCellBytes: number): CellValue[][] {
  const rows: CellValue[][] = [];
  const pieces = new Map<number, Buffer[]>();
  const parser = new ResponseParser(
    {
      ...IGNORING,
      oversized: ({ columnIndex, buffer, offset, length }) => {
        const piece = Buffer.from(buffer.subarray(offset, offset + length));
        pieces.set(columnIndex, [...(pieces.get(columnIndex) ?? []), piece]);
      },
      row: ({ buffer, offsets, lengths }) => {
        rows.push(
          COLUMNS.map((column, index) => {
            const [offset = 0, length = -1] = [offsets[index], lengths[index]];
            if (length !== OMITTED_CELL) return decodeCell(column, buffer, offset, length);
            return Buffer.concat(pieces.get(index) ?? []);
          }),
        );
        pieces.clear();
      },
    },
    Math.max(maxCellBytes, 0),
  );
  const queue = new ByteQueue();
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const end = Math.min(at + pieceBytes, bytes.length);
    queue.append(bytes, at, end);
    parser.parse(queue, end === bytes.length);
  }
  return rows;
}
