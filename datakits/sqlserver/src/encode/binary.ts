// Byte strings and uuids.
import { putInt32 } from '../copy/copy-buffer.ts';
import { type CellEncoder, refuseMalformed } from './cell-encoder.ts';

/** binary, varbinary, image, rowversion → bytea; UTF-8 text that is known to be sound → text. */
export const encodeBytes: CellEncoder = (cell, offset, length, out) => {
  out.writeInt32(length);
  out.writeBytes(cell, offset, length);
};

// uniqueidentifier keeps its first three groups little-endian.
const UUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** uniqueidentifier → uuid. */
export const encodeUuid: CellEncoder = (cell, offset, length, out) => {
  if (length !== 16) throw refuseMalformed(`${length} bytes`);
  const at = out.reserve(20);
  putInt32(out.bytes, at, 16);
  for (let i = 0; i < 16; i++) out.bytes[at + 4 + i] = cell[offset + (UUID_ORDER[i] ?? i)] ?? 0;
};
