// A long list stays live by asking for its newest page only; this joins that page to what is shown already.
import type { RunSummary } from '@towpath/api';

export interface RunsPage {
  readonly runs: readonly RunSummary[];
  readonly next: string | null;
}

/**
 * Puts a newly read first page before the pages read earlier (newest run first, by number). Runs that the new page
 * should hold but doesn't have left the filter and go. Undefined when the pages don't touch: everything has to be asked again.
 */
export function mergeNewest(newest: RunsPage, pages: readonly RunsPage[]): readonly RunsPage[] | undefined {
  const lowest = newest.runs.at(-1)?.number;
  if (lowest === undefined || newest.next === null) return [newest];
  const numbers = new Set(newest.runs.map(({ number }) => number));
  const touches = pages.some(({ runs }) => runs.some(({ number }) => numbers.has(number)));
  if (!touches) return undefined;
  const older = pages.map((page) => ({ ...page, runs: page.runs.filter(({ number }) => number < lowest) }));
  return [newest, ...older.filter((page, index) => page.runs.length > 0 || index === older.length - 1)];
}
