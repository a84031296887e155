// What a bad row is recognised by when it comes again: whether its source row is still the same.
import { createHash } from 'node:crypto';
import { OMITTED_CELL, type RawRow } from '@towpath/tds';
import type { PlannedColumn } from './plan-columns.ts';

/**
 * SHA-256 in hex over every cell as the source sent it, and over what bronze makes of its column: a decision about a row
 * holds for the same bytes under the same types only. A rowversion is left out, since it also grows when nothing else
 * changes. Undefined when a cell is too large to be here: such a row can't be compared.
 */
export function hashRow(row: RawRow, plan: readonly PlannedColumn[]): string | undefined {
  const hash = createHash('sha256');
  for (const [index, { source, targets }] of plan.entries()) {
    const length = row.lengths[index] ?? -1;
    if (length === OMITTED_CELL) return undefined;
    if (source.declared === 'timestamp' || source.declared === 'rowversion') continue;
    const { type, precision, scale, encoding } = source;
    hash.update(JSON.stringify([source.name, type, precision, scale, encoding, targets, length]));
    const offset = row.offsets[index] ?? 0;
    if (length > 0) hash.update(row.buffer.subarray(offset, offset + length));
  }
  return hash.digest('hex');
}
