// What an encoder is, and how it refuses a value.
import type { CopyBuffer } from '../copy/copy-buffer.ts';

/**
 * Turns one raw TDS cell (`length` bytes of `cell` from `offset`, never NULL) into one COPY BINARY field, its length
 * word included; a datetimeoffset into two fields. Throws `RefusedValue` when PostgreSQL can't hold the value exactly.
 */
export type CellEncoder = (cell: Buffer, offset: number, length: number, out: CopyBuffer) => void;

/** Why a value can't be loaded. The row encoder adds column and row and makes a `TowpathError` of it. */
export class RefusedValue extends Error {
  readonly code: string;
  readonly fix: string;

  constructor(code: string, message: string, fix: string) {
    super(message);
    this.name = 'RefusedValue';
    this.code = code;
    this.fix = fix;
  }
}

/** Refuses a cell whose size or content its type can't have: damage on the way, or a server that isn't one. */
export function refuseMalformed(what: string): RefusedValue {
  return new RefusedValue(
    'VALUE_MALFORMED',
    `the bytes are not what the type allows: ${what}`,
    'Run again; if it stays, read the row with another client and report it.',
  );
}
