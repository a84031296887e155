import type { CellValue } from '../../tds-column.ts';

/** Defines a SQLite function over cell values. */
export type DefineFunction = (name: string, body: (...values: CellValue[]) => CellValue) => void;
