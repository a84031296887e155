// The type table: which PostgreSQL type each T-SQL type becomes, and which encoder moves its cells. A type that is not
// here is refused before a row is read.
import type { TdsColumn } from '@towpath/tds';
import { encodeBytes, encodeUuid } from './binary.ts';
import type { CellEncoder } from './cell-encoder.ts';
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

/** How cells of one source column travel. */
export interface TypeMapping {
  /** As PostgreSQL's `format_type` writes it. */
  readonly postgresType: string;
  readonly encode: CellEncoder;
}

/** Why a column has no mapping. */
export interface Unmappable {
  readonly problem: string;
}

/** The mapping of a column, or why there is none. */
export function mapColumn(column: TdsColumn): TypeMapping | Unmappable {
  return mapNumber(column) ?? mapTemporal(column) ?? mapBytes(column) ?? mapText(column);
}

function to(postgresType: string, encode: CellEncoder): TypeMapping {
  return { postgresType, encode };
}

function mapNumber({ type, precision, scale }: TdsColumn): TypeMapping | undefined {
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

function mapTemporal({ type, scale }: TdsColumn): TypeMapping | undefined {
  switch (type) {
    case 'date':
      return to('date', encodeDate);
    case 'time':
      return to('time(6) without time zone', encodeTime(scale));
    case 'smalldatetime':
      return to('timestamp(6) without time zone', encodeSmalldatetime);
    case 'datetime':
      return to('timestamp(6) without time zone', encodeDatetime);
    case 'datetime2':
      return to('timestamp(6) without time zone', encodeDatetime2(scale));
    case 'datetimeoffset':
      return to('timestamp(6) with time zone', encodeDatetimeoffset(scale));
    default:
      return undefined;
  }
}

function mapBytes({ type }: TdsColumn): TypeMapping | undefined {
  switch (type) {
    case 'binary':
    case 'varbinary':
    case 'image':
      return to('bytea', encodeBytes);
    case 'uniqueidentifier':
      return to('uuid', encodeUuid);
    default:
      return undefined;
  }
}

function mapText({ type, encoding }: TdsColumn): TypeMapping | Unmappable {
  switch (type) {
    case 'nchar':
    case 'nvarchar':
    case 'ntext':
      return to('text', encodeUtf16);
    case 'xml':
      return to('text', encodeXml);
    case 'char':
    case 'varchar':
    case 'text':
      if (encoding === 'utf8') return to('text', encodeUtf8);
      if (encoding === 'cp1252') return to('text', encodeCp1252);
      return { problem: `${type} of a collation with code page ${encoding}; known are cp1252 and UTF-8` };
    case 'udt':
      return { problem: 'a CLR type (hierarchyid, geometry, geography or your own)' };
    default:
      return { problem: type };
  }
}
