// The type table: which PostgreSQL type each T-SQL type becomes, and which encoder moves its cells. A type that is not
// here is refused before a row is read, unless an option of the column says what to do.
import { isDecodable } from '@towpath/tds';
import type { ColumnOptions } from '../settings/column-options.ts';
import type { SourceColumn } from '../source/describe-table.ts';
import { encodeBytes, encodeUuid } from './binary.ts';
import type { CellEncoder } from './cell-encoder.ts';
import { encodeAsText, encodeCleaned, encodeCodePage } from './decoded-text.ts';
import { encodeBit, encodeEightBytes, encodeFourBytes, encodeSmallint, encodeTinyint } from './numbers.ts';
import { encodeDecimal, encodeMoney, encodeSmallmoney } from './numeric.ts';
import {
  encodeDate,
  encodeDatetime,
  encodeDatetime2,
  encodeDatetimeoffset,
  encodeSmalldatetime,
  encodeTime,
} from './temporal.ts';
import { encodeCp1252, encodeUtf8, encodeUtf16, encodeXml } from './text.ts';
import { encodeVariantText } from './variant.ts';

/** How cells of one source column travel. */
export interface TypeMapping {
  /** As PostgreSQL's `format_type` writes it. */
  readonly postgresType: string;
  readonly encode: CellEncoder;
  /** How a cell that is too large for memory may travel; undefined when it can't. */
  readonly large?: LargeForm;
  /** A second column that the same cell fills. */
  readonly second?: { readonly suffix: string; readonly postgresType: string };
  /** What is put behind the column's name in the SELECT, when not the column itself is read. */
  readonly method?: string;
}

/** Bytes as they are, or UTF-16 that becomes UTF-8 piece by piece; xml may begin with a byte order mark. */
export type LargeForm = 'bytes' | 'utf16' | 'xml';

/** Why a column has no mapping. */
export interface Unmappable {
  readonly problem: string;
}

/** Called for each value that an option changed. */
export type OnChanged = () => void;

/** The mapping of a column under its options, or why there is none. */
export function mapColumn(
  column: SourceColumn,
  options: ColumnOptions,
  onChanged: OnChanged,
): TypeMapping | Unmappable {
  if (column.type === 'udt') return mapClrType(column, options);
  if (column.type === 'sql_variant') return mapVariant();
  if (options.load === 'text' || (options.seventhDigit === 'text' && column.scale === 7)) {
    return to('text', encodeAsText(column));
  }
  if (options.load === 'bytes' && column.encoding !== 'utf16le' && hasRawBytes(column)) return TO_BYTES;
  const onTruncated = options.seventhDigit === 'truncate' ? onChanged : undefined;
  return (
    mapNumber(column) ?? mapTemporal(column, onTruncated) ?? mapBytes(column) ?? mapText(column, options, onChanged)
  );
}

function to(postgresType: string, encode: CellEncoder): TypeMapping {
  return { postgresType, encode };
}

const TO_BYTES: TypeMapping = { ...to('bytea', encodeBytes), large: 'bytes' };
const TO_TEXT: TypeMapping = { ...to('text', encodeUtf16), large: 'utf16' };

function hasRawBytes({ type }: SourceColumn): boolean {
  return ['char', 'varchar', 'text', 'binary', 'varbinary', 'image'].includes(type);
}

// A hierarchyid's text says all that it is; a geometry's text leaves out its SRID, so which of both is a decision.
function mapClrType({ udtName }: SourceColumn, { load }: ColumnOptions): TypeMapping | Unmappable {
  if (load === 'bytes') return TO_BYTES;
  if (load === 'text' || udtName === 'hierarchyid') return { ...TO_TEXT, method: '.ToString()' };
  return { problem: `the CLR type ${udtName ?? 'of an unknown name'}; choose \`load: text\` or \`load: bytes\`` };
}

function mapVariant(): TypeMapping {
  return { ...to('text', encodeVariantText), second: { suffix: '_base_type', postgresType: 'text' } };
}

function mapNumber({ type, precision, scale }: SourceColumn): TypeMapping | undefined {
  switch (type) {
    case 'bit':
      return to('boolean', encodeBit);
    case 'tinyint':
      return to('smallint', encodeTinyint);
    case 'smallint':
      return to('smallint', encodeSmallint);
    case 'int':
      return to('integer', encodeFourBytes);
    case 'bigint':
      return to('bigint', encodeEightBytes);
    case 'real':
      return to('real', encodeFourBytes);
    case 'float':
      return to('double precision', encodeEightBytes);
    case 'decimal':
    case 'numeric':
      return to(`numeric(${precision},${scale})`, encodeDecimal(scale));
    case 'money':
      return to('numeric(19,4)', encodeMoney);
    case 'smallmoney':
      return to('numeric(10,4)', encodeSmallmoney);
    default:
      return undefined;
  }
}

function mapTemporal({ type, scale }: SourceColumn, onTruncated: OnChanged | undefined): TypeMapping | undefined {
  switch (type) {
    case 'date':
      return to('date', encodeDate);
    case 'time':
      return to('time(6) without time zone', encodeTime(scale, onTruncated));
    case 'smalldatetime':
      return to('timestamp(6) without time zone', encodeSmalldatetime);
    case 'datetime':
      return to('timestamp(6) without time zone', encodeDatetime);
    case 'datetime2':
      return to('timestamp(6) without time zone', encodeDatetime2(scale, onTruncated));
    case 'datetimeoffset':
      return {
        ...to('timestamp(6) with time zone', encodeDatetimeoffset(scale, onTruncated)),
        second: { suffix: '_offset_minutes', postgresType: 'smallint' },
      };
    default:
      return undefined;
  }
}

function mapBytes({ type }: SourceColumn): TypeMapping | undefined {
  switch (type) {
    case 'binary':
    case 'varbinary':
    case 'image':
      return TO_BYTES;
    case 'uniqueidentifier':
      return to('uuid', encodeUuid);
    default:
      return undefined;
  }
}

function mapText(column: SourceColumn, { characters }: ColumnOptions, onChanged: OnChanged): TypeMapping | Unmappable {
  const exact = findTextEncoder(column);
  if (!exact) return { problem: describeUnknown(column) };
  if (characters !== 'strip' && characters !== 'replace') {
    if (column.type === 'xml') return { ...to('text', exact), large: 'xml' };
    return column.encoding === 'utf16le' ? TO_TEXT : to('text', exact);
  }
  return to('text', encodeCleaned(column, exact, { characters, onChanged }));
}

function findTextEncoder(column: SourceColumn): CellEncoder | undefined {
  switch (column.type) {
    case 'nchar':
    case 'nvarchar':
    case 'ntext':
      return encodeUtf16;
    case 'xml':
      return encodeXml;
    case 'char':
    case 'varchar':
    case 'text':
      return findCodePageEncoder(column);
    default:
      return undefined;
  }
}

function findCodePageEncoder(column: SourceColumn): CellEncoder | undefined {
  if (column.encoding === 'utf8') return encodeUtf8;
  if (column.encoding === 'cp1252') return encodeCp1252;
  return isDecodable(column.encoding) ? encodeCodePage(column) : undefined;
}

function describeUnknown({ type, encoding }: SourceColumn): string {
  if (type !== 'char' && type !== 'varchar' && type !== 'text') return type;
  return `${type} of a collation with code page ${encoding}, which can't be decoded here; \`load: bytes\` keeps its bytes`;
}
