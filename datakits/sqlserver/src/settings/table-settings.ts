// The settings of a load, each with its flag, variable and key in the configuration file. Every door gives texts by key;
// they are laid over each other (command line > environment > file > default) and read once.
import type { ColumnOptionsByName } from './column-options.ts';

/** How one table is loaded. */
export interface TableOptions {
  readonly mode: 'snapshot' | 'incremental';
  /** The rowversion or watermark column of an incremental load; a rowversion column is found without. */
  readonly cursorColumn: string | undefined;
  /** Key columns; the source's primary key when empty. */
  readonly key: readonly string[];
  /** What a watermark reads again: seconds of a time, units of a number. Undefined: as its type says. */
  readonly overlap: number | undefined;
  /** What becomes of rows that the source no longer has. */
  readonly deletes: 'ignore' | 'compare';
  readonly schemaPolicy: 'fail' | 'freeze' | 'evolve';
  readonly badRows: 'refuse' | 'quarantine';
  /** More quarantined rows than this end the load: then the table is wrong, not a row. */
  readonly maxQuarantined: number;
  /** Larger cells are not read; their rows are bad rows. */
  readonly maxCellBytes: number;
  /** Rows handed to the warehouse at once, at most; fewer when they fill a buffer of 256 KiB. */
  readonly batchSize: number;
  readonly columns: ColumnOptionsByName;
  /** Columns that options name for this very table: they must exist. */
  readonly namedColumns: readonly string[];
}

/** Keys of the settings that are plain text. */
export type TableSettingKey = Exclude<keyof TableOptions, 'columns' | 'namedColumns'>;

/** Texts by key from one door. */
export type TableTexts = Readonly<Partial<Record<TableSettingKey, string>>>;

/** One setting as the command line, the environment and the file know it. */
export interface TableSetting {
  readonly key: TableSettingKey;
  readonly flag: string;
  readonly variable?: string;
  readonly description: string;
  /** What is allowed, for people. */
  readonly expected: string;
  isValid(text: string): boolean;
}

const WHOLE_NUMBER = /^\d{1,10}$/;

function choice(key: TableSettingKey, flag: string, variable: string, words: readonly string[]): TableSetting {
  const [fallback] = words;
  const description = `${DESCRIPTIONS[key]}: ${words.join(', ')}; ${fallback} when not set`;
  return { key, flag, variable, description, expected: words.join(' or '), isValid: (text) => words.includes(text) };
}

function count(key: TableSettingKey, flag: string, variable: string | undefined, least: number): TableSetting {
  return {
    key,
    flag,
    ...(variable === undefined ? {} : { variable }),
    description: DESCRIPTIONS[key],
    expected: `a whole number from ${least}`,
    isValid: (text) => WHOLE_NUMBER.test(text) && Number(text) >= least,
  };
}

function names(key: TableSettingKey, flag: string): TableSetting {
  return {
    key,
    flag,
    description: DESCRIPTIONS[key],
    expected: 'column names',
    isValid: (text) => parseNames(text).length > 0,
  };
}

const DESCRIPTIONS: Readonly<Record<TableSettingKey, string>> = {
  mode: 'What is read',
  cursorColumn: 'Rowversion or watermark column of an incremental load; a rowversion column is found without',
  key: "Key columns, separated by commas; the source's primary key when not set",
  overlap: 'What a watermark reads again for late commits: seconds of a time (300), units of a number (1000)',
  deletes: 'Rows the source no longer has (incremental)',
  schemaPolicy: "A change of the source's columns",
  badRows: 'A row that bronze can not hold',
  maxQuarantined: 'More quarantined rows than this end the load; 1000 when not set',
  maxCellBytes: 'Larger cells make a bad row; 268435456 when not set',
  batchSize: 'Rows handed to the warehouse at once, at most; 10000 when not set',
};

// Beyond this PostgreSQL can't take a field; a gibibyte less its bookkeeping (documentation, appendix K).
const LARGEST_CELL_BYTES = 1_000_000_000;

/** All settings, in the order of help and manual. The first word of a choice is the default. */
export const TABLE_SETTINGS: readonly TableSetting[] = [
  choice('mode', '--mode <mode>', 'BRONZE_MODE', ['snapshot', 'incremental']),
  names('cursorColumn', '--cursor-column <name>'),
  names('key', '--key <columns>'),
  count('overlap', '--overlap <amount>', undefined, 0),
  choice('deletes', '--deletes <policy>', 'BRONZE_DELETES', ['ignore', 'compare']),
  choice('schemaPolicy', '--schema-policy <policy>', 'BRONZE_SCHEMA_POLICY', ['fail', 'freeze', 'evolve']),
  choice('badRows', '--bad-rows <policy>', 'BRONZE_BAD_ROWS', ['refuse', 'quarantine']),
  count('maxQuarantined', '--max-quarantined <count>', 'BRONZE_MAX_QUARANTINED', 0),
  {
    ...count('maxCellBytes', '--max-cell-bytes <bytes>', 'BRONZE_MAX_CELL_BYTES', 8_000),
    expected: `a whole number from 8000 to ${LARGEST_CELL_BYTES}`,
    isValid: (text) => WHOLE_NUMBER.test(text) && Number(text) >= 8_000 && Number(text) <= LARGEST_CELL_BYTES,
  },
  count('batchSize', '--batch-size <rows>', 'BRONZE_BATCH_SIZE', 1),
];

/** Reads texts that have been checked one by one. */
export function toTableOptions(
  texts: TableTexts,
  columns: ColumnOptionsByName,
  namedColumns: readonly string[],
): TableOptions {
  return {
    mode: texts.mode === 'incremental' ? 'incremental' : 'snapshot',
    cursorColumn: texts.cursorColumn === undefined ? undefined : parseNames(texts.cursorColumn)[0],
    key: texts.key === undefined ? [] : parseNames(texts.key),
    overlap: texts.overlap === undefined ? undefined : Number(texts.overlap),
    deletes: texts.deletes === 'compare' ? 'compare' : 'ignore',
    schemaPolicy: texts.schemaPolicy === 'evolve' || texts.schemaPolicy === 'freeze' ? texts.schemaPolicy : 'fail',
    badRows: texts.badRows === 'quarantine' ? 'quarantine' : 'refuse',
    maxQuarantined: Number(texts.maxQuarantined ?? 1_000),
    // 256 MiB: a bytea of twice that can no longer be shown as hex by PostgreSQL, whose limit is a gibibyte.
    maxCellBytes: Number(texts.maxCellBytes ?? 268_435_456),
    batchSize: Number(texts.batchSize ?? 10_000),
    columns,
    namedColumns,
  };
}

/** `Id, [odd, name]` → the two names. */
function parseNames(text: string): string[] {
  const parts = text.matchAll(/\s*(?:\[((?:[^\]]|\]\])+)\]|([^,[]+))\s*(?:,|$)/gy);
  return Array.from(parts, ([, bracketed, plain]) => bracketed?.replaceAll(']]', ']') ?? plain?.trim() ?? '').filter(
    (name) => name !== '',
  );
}
