// Integers, floats and bits. TDS is little-endian, COPY BINARY big-endian: most of these only turn bytes around.
import { putInt32 } from '../copy/copy-buffer.ts';
import { type CellEncoder, refuseMalformed } from './cell-encoder.ts';

/** bit → boolean. */
export const encodeBit: CellEncoder = (cell, offset, length, out) => {
  if (length !== 1) throw refuseMalformed(`${length} bytes`);
  const at = out.reserve(5);
  putInt32(out.bytes, at, 1);
  out.bytes[at + 4] = cell[offset] === 0 ? 0 : 1;
};

/** tinyint (0 to 255) → smallint. */
export const encodeTinyint: CellEncoder = (cell, offset, length, out) => {
  if (length !== 1) throw refuseMalformed(`${length} bytes`);
  const at = out.reserve(6);
  putInt32(out.bytes, at, 2);
  out.bytes[at + 4] = 0;
  out.bytes[at + 5] = cell[offset] ?? 0;
};

function reverse(size: number): CellEncoder {
  return (cell, offset, length, out) => {
    if (length !== size) throw refuseMalformed(`${length} bytes`);
    const at = out.reserve(4 + size);
    const { bytes } = out;
    putInt32(bytes, at, size);
    for (let i = 0; i < size; i++) bytes[at + 4 + i] = cell[offset + size - 1 - i] ?? 0;
  };
}

/** smallint → smallint. */
export const encodeSmallint: CellEncoder = reverse(2);

/** int → integer, real → real. */
export const encodeFourBytes: CellEncoder = reverse(4);

/** bigint → bigint, float → double precision. */
export const encodeEightBytes: CellEncoder = reverse(8);
