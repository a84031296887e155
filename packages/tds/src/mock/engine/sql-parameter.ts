import type { TypeInfo } from '../../codec/base-types.ts';
import type { CellValue } from '../../tds-column.ts';

/** A bound parameter of sp_executesql. `name` begins with `@`. */
export interface SqlParameter {
  readonly name: string;
  readonly type: TypeInfo;
  readonly value: CellValue;
}
