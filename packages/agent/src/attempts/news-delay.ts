// News of attempts that still run: their start and their log. Many at once are told less often each, so that telling costs an
// agent and its server about the same; and what ends meanwhile is told by its end alone.

/** A line is with its reader after about this time, and a flood of small writes becomes ten requests a second. */
const SHORTEST_MS = 100;
/** Somebody who follows a log should not wonder whether it still does something. */
const LONGEST_MS = 500;
/** Twenty requests a second for all logs together, as long as the longest delay allows it. */
const MS_PER_ATTEMPT = 50;

/** How long news of one of so many attempts may wait, in milliseconds. */
export function decideNewsDelay(attempts: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, attempts * MS_PER_ATTEMPT));
}
