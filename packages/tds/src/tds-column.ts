// What a result column is, and what a cell may be: the words shared by the reader, its consumers and the mock server.

/** T-SQL type names as they come over the wire. `rowversion` travels as `binary` of 8 bytes; `udt` covers hierarchyid, geometry, geography. */
export type TdsTypeName =
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'bit'
  | 'decimal'
  | 'numeric'
  | 'money'
  | 'smallmoney'
  | 'real'
  | 'float'
  | 'date'
  | 'time'
  | 'smalldatetime'
  | 'datetime'
  | 'datetime2'
  | 'datetimeoffset'
  | 'char'
  | 'varchar'
  | 'nchar'
  | 'nvarchar'
  | 'text'
  | 'ntext'
  | 'binary'
  | 'varbinary'
  | 'image'
  | 'uniqueidentifier'
  | 'xml'
  | 'udt'
  | 'sql_variant'
  | 'null';

/** How the bytes of a character column read; `binary` for columns without characters. `cp…` are Windows and DOS code pages. */
export type TdsEncoding = 'utf16le' | 'utf8' | `cp${number}` | 'binary';

/** One result column. */
export interface TdsColumn {
  readonly name: string;
  readonly type: TdsTypeName;
  /** Most bytes a cell can have; null for max types (varchar(max), xml …). */
  readonly maxLength: number | null;
  /** Digits of decimal and numeric, else 0. */
  readonly precision: number;
  /** Digits after the point (decimal, numeric) or of a second (time, datetime2, datetimeoffset), else 0. */
  readonly scale: number;
  readonly nullable: boolean;
  readonly encoding: TdsEncoding;
  /** Name of a `udt`: `hierarchyid`, `geometry`, `geography`, or one of the database's own. */
  readonly udtName?: string;
}

/**
 * An exact JavaScript value: string for decimal, money, dates, times, uuid, xml and text; number for integers up to
 * 32 bits, real and float; bigint for bigint; boolean for bit; Buffer for binary types.
 */
export type CellValue = string | number | bigint | boolean | Buffer | null;

/** Length of a cell that isn't in its row because it has more than `maxCellBytes`. */
export const OMITTED_CELL = -2;

/** A piece of such a cell; the bytes are valid during the call. The last one is empty. */
export interface CellPiece {
  readonly columnIndex: number;
  readonly buffer: Buffer;
  readonly offset: number;
  readonly length: number;
  readonly isLast: boolean;
}

/**
 * One row as raw cells inside a shared buffer; valid only during the call that hands it over. A length of -1 is NULL,
 * `OMITTED_CELL` a cell that came before as pieces or was passed over.
 * Chunks of max types are already joined into one contiguous range.
 */
export interface RawRow {
  buffer: Buffer;
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
}

/** Who receives the rows of a statement, in order. */
export interface RowSink {
  /** Called once per result set, before its rows. Throwing here ends the request with that error. */
  columns(columns: readonly TdsColumn[]): void;
  row(row: RawRow): void;
  /**
   * Takes cells beyond `maxCellBytes` (max types, text, ntext, image, xml, CLR types) piece by piece, before their row.
   * Without it `oversizedCells` decides what becomes of them.
   */
  oversized?(piece: CellPiece): void;
  /** Asked after each packet; a promise pauses reading until it settles (backpressure). */
  drain?(): Promise<void> | undefined;
}
