// A row that bronze can't hold, as quarantine keeps it: every good value as text that casts to its column, every bad one
// with the reason, what can be shown of it, and its exact bytes.
import { OMITTED_CELL, type RawRow } from '@towpath/tds';
import { CopyBuffer } from '../copy/copy-buffer.ts';
import { RefusedValue } from './cell-encoder.ts';
import { formatCell } from './decoded-text.ts';
import { hashRow } from './hash-row.ts';
import type { PlannedColumn } from './plan-columns.ts';
import type { BadRow } from './row-encoder.ts';

/** One value of a bad row. */
export interface BadValue {
  /** Name of the source column. */
  readonly column: string;
  /** Name in bronze, to which a fix is assigned. */
  readonly target: string;
  readonly code: string;
  readonly message: string;
  readonly expectedType: string;
  /** Printable, shortened; undefined when the source was not asked for the value. */
  readonly text: string | undefined;
  /** Exact bytes as the source sent them; undefined when they are too many. */
  readonly hex: string | undefined;
}

/** A bad row with everything needed to look at it, mend it and load it later. */
export interface QuarantinedRow {
  readonly rowNumber: number;
  /** Recognises the same source row in a later load; undefined when a cell of it was too large. */
  readonly hash: string | undefined;
  /** Texts by bronze column; bad values are absent. */
  readonly record: Readonly<Record<string, string | null>>;
  readonly bad: readonly [BadValue, ...BadValue[]];
}

/** Enough to recognise a value; its bytes are kept besides. */
const SHOWN_CHARACTERS = 1_000;
/** A value this long is worth its place in quarantine; a longer one is fetched again from the source by its key. */
const KEPT_BYTES = 1024 * 1024;

/** Describes a bad row; it looks at every cell, since more than the first may be bad. */
export function describeBadRow(bad: BadRow, plan: readonly PlannedColumn[]): QuarantinedRow {
  const texts: [string, string | null][] = [];
  const others: BadValue[] = [];
  const { row, refused } = bad;
  plan.forEach((column, index) => {
    if (column === bad.column) return;
    const failure = tryCell(column, row, index);
    if (failure) others.push(describeValue(column, row, index, failure));
    else texts.push(...formatTargets(column, row, index));
  });
  const first = describeValue(bad.column, row, plan.indexOf(bad.column), refused);
  // Not by assignment: a column may be called __proto__.
  const record = Object.fromEntries(texts);
  return { rowNumber: bad.rowNumber, hash: hashRow(row, plan), record, bad: [first, ...others] };
}

/** Texts of a row that could be loaded, by bronze column. Throws `RefusedValue` when it could not. */
function formatTargets(column: PlannedColumn, row: RawRow, index: number): [string, string | null][] {
  const { offset, length } = place(row, index);
  const texts = length < 0 ? [] : column.toTexts(row.buffer, offset, length);
  return column.targets.map(({ name }, at) => [name, texts[at] ?? null]);
}

function tryCell(column: PlannedColumn, row: RawRow, index: number): RefusedValue | undefined {
  const { offset, length } = place(row, index);
  const before = column.changed.count;
  try {
    if (length === OMITTED_CELL) return notKept();
    if (length >= 0) column.encode(row.buffer, offset, length, new CopyBuffer((full) => full));
    return undefined;
  } catch (error) {
    if (error instanceof RefusedValue) return error;
    throw error;
  } finally {
    // Only what is loaded counts as changed.
    column.changed.count = before;
  }
}

// Nothing may be wrong with it; but it is not in the record, so a fix must give it.
function notKept(): RefusedValue {
  return new RefusedValue(
    'VALUE_NOT_KEPT',
    'there are more bytes than quarantine keeps',
    'Give it again with the fix.',
  );
}

function describeValue(column: PlannedColumn, row: RawRow, index: number, refused: RefusedValue): BadValue {
  const { offset, length } = place(row, index);
  return {
    column: column.source.name,
    target: column.targets[0]?.name ?? '',
    code: refused.code,
    message: refused.message,
    expectedType: column.targets[0]?.postgresType ?? '',
    text: length < 0 ? undefined : showValue(column, row.buffer, offset, length),
    hex: length < 0 || length > KEPT_BYTES ? undefined : row.buffer.toString('hex', offset, offset + length),
  };
}

function showValue(column: PlannedColumn, cell: Buffer, offset: number, length: number): string | undefined {
  // Half of what is shown would do for UTF-16; a cut in a pair shows as an escape.
  const shown = Math.min(length, SHOWN_CHARACTERS * 4);
  const isText = column.source.encoding !== 'binary';
  try {
    const text = formatCell(column.source, cell, offset, isText ? shown - (shown % 2) : length) ?? '';
    return escapeUnprintable(text.slice(0, SHOWN_CHARACTERS));
  } catch {
    // Bytes that are no value of the type; they are kept as they are.
    return undefined;
  }
}

/** NUL, other controls and lone surrogates as `\u0000`; PostgreSQL could not keep the first and the last. */
function escapeUnprintable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}]/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function place(row: RawRow, index: number): { offset: number; length: number } {
  return { offset: row.offsets[index] ?? 0, length: row.lengths[index] ?? -1 };
}
