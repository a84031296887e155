// dbo.LargeCells_<bytes>: cells of any size, made while they are sent. Row 2 has such a varbinary(max), row 3 such an
// nvarchar(max), row 4 both; rows 1 and 5 are small.
import { ByteWriter } from '../../codec/byte-writer.ts';
import { writeCell } from '../../codec/encode-cell.ts';
import { Token } from '../../codec/tokens.ts';
import { writeTypeInfo } from '../../codec/type-info.ts';
import { toCatalogueColumn } from '../engine/catalogue.ts';
import type { RowBlock } from '../row-block.ts';
import type { GeneratedRange } from './generated-rows.ts';
import { LARGE_COLUMNS } from './large-columns.ts';

const BODY = 1;
const NOTE = 2;
/** A chunk as SQL Server sends it is about that large; several make a block. */
const CHUNK_BYTES = 8000;
const CHUNKS_PER_BLOCK = 16;
/** Period of the bytes of a Body; prime, so that a lost or doubled chunk shows. */
const PATTERN = 251;

/** The byte at this position of a large Body; a large Note has the code units U+0100 + (index modulo 251). */
export function largeByteAt(position: number): number {
  return position % PATTERN;
}

/** The rows, in pieces; a block that ends in the middle of a row counts no row. */
export function* generateLargeRows(bytes: number, { columns, firstId, lastId }: GeneratedRange): Generator<RowBlock> {
  for (let id = firstId; id <= lastId; id += 1) {
    const writer = new ByteWriter().u8(Token.row);
    for (const column of columns) {
      const isLarge = (column === BODY && (id === 2 || id === 4)) || (column === NOTE && (id === 3 || id === 4));
      if (isLarge) yield* writeLarge(writer, bytes, column === NOTE);
      else writeSmall(writer, column, id);
    }
    const rest = writer.take();
    yield { bytes: rest, rowCount: 1, rowEnds: [rest.length] };
  }
}

function* writeLarge(writer: ByteWriter, bytes: number, isText: boolean): Generator<RowBlock> {
  const total = isText ? bytes - (bytes % 2) : bytes;
  writer.u64(0xffff_ffff_ffff_fffen);
  for (let at = 0, chunks = 1; at < total; at += CHUNK_BYTES, chunks += 1) {
    const size = Math.min(CHUNK_BYTES, total - at);
    writer.u32(size).bytes(isText ? textPiece(at / 2, size / 2) : bytePiece(at, size));
    if (chunks % CHUNKS_PER_BLOCK === 0) yield { bytes: writer.take(), rowCount: 0, rowEnds: [] };
  }
  writer.u32(0);
}

const BYTE_PERIODS = Buffer.from(Array.from({ length: PATTERN + CHUNK_BYTES }, (_, index) => index % PATTERN));
const TEXT_PERIODS = Buffer.from(
  Array.from({ length: PATTERN + CHUNK_BYTES / 2 }, (_, index) => String.fromCharCode(0x100 + (index % PATTERN))).join(
    '',
  ),
  'utf16le',
);

function bytePiece(at: number, size: number): Buffer {
  const start = at % PATTERN;
  return BYTE_PERIODS.subarray(start, start + size);
}

function textPiece(at: number, characters: number): Buffer {
  const start = at % PATTERN;
  return TEXT_PERIODS.subarray(start * 2, (start + characters) * 2);
}

function writeSmall(writer: ByteWriter, index: number, id: number): void {
  const values = [id, Buffer.from([id]), `note ${id}`, `tail ${id}`];
  const column = LARGE_COLUMNS[index];
  if (!column) throw new RangeError(`There is no column ${index}.`);
  const { type, nullable } = toCatalogueColumn(column);
  writeCell(writer, writeTypeInfo(new ByteWriter(), type, nullable), values[index] ?? null);
}
