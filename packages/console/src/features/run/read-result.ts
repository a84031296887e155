// Result documents of ingestion tasks, as far as the console knows them; everything else is shown as it is.
import type { AttemptView, RunDetail, TaskView } from '@towpath/api';

export interface TableResult {
  readonly target: string;
  readonly rowsRead: number;
  readonly rowsLoaded: number;
  readonly rowsQuarantined: number;
}

export interface ReadResult {
  /** The rows, when the document tells of a table. */
  readonly table: TableResult | undefined;
  /** What the table does not say, as JSON text; undefined when nothing is left. */
  readonly rest: string | undefined;
}

const TABLE_FIELDS = new Set(['target', 'rowsRead', 'rowsLoaded', 'rowsQuarantined']);

/** Reads a result document. A number that is missing or no whole number makes it a document like any other. */
export function readResult(result: AttemptView['result']): ReadResult {
  if (result === null) return { table: undefined, rest: undefined };
  const table = parseTable(result);
  if (!table || typeof result !== 'object') return { table: undefined, rest: JSON.stringify(result, null, 2) };
  const rest = Object.entries(result).filter(([name]) => !TABLE_FIELDS.has(name));
  return { table, rest: rest.length > 0 ? JSON.stringify(Object.fromEntries(rest), null, 2) : undefined };
}

function parseTable(result: AttemptView['result']): TableResult | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  const { target, rowsRead, rowsLoaded, rowsQuarantined } = result;
  if (typeof target !== 'string') return undefined;
  if (!isCount(rowsRead) || !isCount(rowsLoaded) || !isCount(rowsQuarantined)) return undefined;
  return { target, rowsRead, rowsLoaded, rowsQuarantined };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The rows of a task's newest attempt, when it succeeded and tells of a table. */
export function readTaskTable(task: TaskView): TableResult | undefined {
  const newest = task.attempts.at(-1);
  return newest?.state === 'succeeded' ? readResult(newest.result).table : undefined;
}

export interface RunRows {
  readonly tableCount: number;
  readonly rowsRead: number;
  readonly rowsLoaded: number;
  readonly rowsQuarantined: number;
}

/** Rows of all tables a run has loaded so far. */
export function sumRows(run: Pick<RunDetail, 'tasks'>): RunRows {
  const tables = run.tasks.map(readTaskTable).filter((table) => table !== undefined);
  const sum = (pick: (table: TableResult) => number): number => tables.reduce((total, table) => total + pick(table), 0);
  return {
    tableCount: tables.length,
    rowsRead: sum(({ rowsRead }) => rowsRead),
    rowsLoaded: sum(({ rowsLoaded }) => rowsLoaded),
    rowsQuarantined: sum(({ rowsQuarantined }) => rowsQuarantined),
  };
}
