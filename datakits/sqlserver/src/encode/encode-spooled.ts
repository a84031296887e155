// A spooled cell into the COPY stream, piece by piece. Its length comes first in COPY BINARY, so text is measured in a pass
// of its own, which also refuses what PostgreSQL's text can't hold; after it nothing can go wrong with the value.
import type { CopyBuffer } from '../copy/copy-buffer.ts';
import { type RefusedValue, refuseMalformed } from './cell-encoder.ts';
import type { LargeForm } from './map-column.ts';
import { countUtf8, putUtf8 } from './text.ts';

/** What is read of a spool. */
export interface SpooledBytes {
  readonly size: number;
  /** Reads some bytes from `position` into `piece`; gives how many, an even number before the end. */
  read(piece: Buffer, position: number): number;
}

const PIECE_BYTES = 64 * 1024;

/** The length of the cell in bronze. Throws `RefusedValue`. */
export function measureSpooled(spool: SpooledBytes, form: LargeForm): number {
  if (form === 'bytes') return spool.size;
  if (spool.size % 2 !== 0) throw refuseOdd(spool.size);
  let bytes = 0;
  for (const { piece, from, to } of readTextPieces(spool, form)) bytes += countUtf8(piece, from, to);
  return bytes;
}

/** Writes length and bytes; `sent` is awaited after each piece, so that the warehouse can keep up. */
export async function writeSpooled(
  spool: SpooledBytes,
  cell: { readonly form: LargeForm; readonly length: number },
  out: CopyBuffer,
  sent: () => Promise<void> | undefined,
): Promise<void> {
  out.writeInt32(cell.length);
  const pieces = cell.form === 'bytes' ? readPieces(spool) : readTextPieces(spool, cell.form);
  for (const { piece, from, to } of pieces) {
    if (cell.form === 'bytes') out.writeBytes(piece, from, to - from);
    else writeText(piece, { from, to }, out);
    // The row can't be taken back from here on, and need not: everything in it has been checked.
    out.endRow();
    await sent();
  }
}

interface Piece {
  readonly piece: Buffer;
  readonly from: number;
  readonly to: number;
}

function* readPieces(spool: SpooledBytes): Generator<Piece> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let position = 0; position < spool.size; ) {
    const length = spool.read(piece, position);
    yield { piece, from: 0, to: length };
    position += length;
  }
}

// Without the byte order mark that SQL Server may put before xml, and never between the halves of a pair.
function* readTextPieces(spool: SpooledBytes, form: LargeForm): Generator<Piece> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let position = form === 'xml' && hasMark(spool, piece) ? 2 : 0; position < spool.size; ) {
    const length = spool.read(piece, position);
    const isLast = position + length >= spool.size;
    const endsInPair = !isLast && (piece.readUInt16LE(length - 2) & 0xfc00) === 0xd800;
    const to = endsInPair ? length - 2 : length;
    yield { piece, from: 0, to };
    position += to;
  }
}

function hasMark(spool: SpooledBytes, piece: Buffer): boolean {
  return spool.read(piece, 0) >= 2 && piece.readUInt16LE(0) === 0xfeff;
}

function writeText(piece: Buffer, range: { from: number; to: number }, out: CopyBuffer): void {
  const start = out.reserve(((range.to - range.from) >> 1) * 3);
  out.position = putUtf8(piece, range, out.bytes, start);
}

function refuseOdd(bytes: number): RefusedValue {
  return refuseMalformed(`${bytes} bytes of UTF-16`);
}
