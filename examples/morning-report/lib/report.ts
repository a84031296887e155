import type { ResultObject } from 'towpath';

/** What the loads left as their results, by task. */
type Results = Readonly<Record<string, ResultObject | null>>;

/** Rows that landed, per task. */
export function countRows(results: Results): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(results).map(([task, result]) => [task, Number(result?.rowsLoaded ?? 0)]));
}

/** One line per task, the largest first. */
export function formatReport(rows: Readonly<Record<string, number>>): readonly string[] {
  const ordered = Object.entries(rows).sort(([, a], [, b]) => b - a);
  return ordered.map(([task, count]) => `${String(count).padStart(8)} rows  ${task}`);
}
