// Slots: the instants that a schedule names. Each local time is one slot: the hour that clocks show twice fires in its first
// pass only, and what falls into the hour they skip fires once, when they are put forward.
import { parseCron } from './cron-pattern.ts';
import { toInstantMs, toLocalMs } from './zone-time.ts';

/** What names the slots. The expression and the zone were checked. */
export interface SlotPattern {
  readonly cron: string;
  readonly timeZone: string;
}

/** The next slots after an instant, strictly growing, in ms since 1970. */
export function listNextSlots({ cron, timeZone }: SlotPattern, afterMs: number, count: number): readonly number[] {
  const pattern = parseCron(cron);
  const slots: number[] = [];
  let local = pattern.nextRun(new Date(toLocalMs(afterMs, timeZone)));
  while (local && slots.length < count) {
    const instant = toInstantMs(local.getTime(), timeZone);
    if (instant > (slots.at(-1) ?? afterMs)) slots.push(instant);
    local = pattern.nextRun(local);
  }
  return slots;
}

/** Slots that have come and have no outcome yet. */
export interface DueSlots {
  /** The newest, strictly growing, at most as many as were asked for. */
  readonly slots: readonly number[];
  /** What was before them, from and until, both included; null: nothing. */
  readonly older: { readonly fromMs: number; readonly untilMs: number } | null;
}

/** Which slots are asked for. */
export interface DueRange {
  /** The first one that is due; it counts whatever the expression says of it now. */
  readonly firstMs: number;
  readonly nowMs: number;
  /** Longest list of single slots: a minute's schedule has half a million a year. */
  readonly limit: number;
}

/** The slots from the first due one until now; empty when that is still to come. */
export function listDueSlots(pattern: SlotPattern, { firstMs, nowMs, limit }: DueRange): DueSlots {
  if (firstMs > nowMs) return { slots: [], older: null };
  const later = listLastSlots(pattern, { firstMs, nowMs, limit: limit + 1 });
  if (later.length < limit) return { slots: [firstMs, ...later], older: null };
  return { slots: later.slice(-limit), older: { fromMs: firstMs, untilMs: later.at(-limit - 1) ?? firstMs } };
}

/** Clocks differ by less than this before and after a change; zones that moved across the date line skipped a day. */
const LONGEST_CHANGE_MS = 25 * 3600 * 1000;

/** The newest slots after the first and until now, at most `limit`, growing. Walks back from now: years may lie between. */
function listLastSlots({ cron, timeZone }: SlotPattern, { firstMs, nowMs, limit }: DueRange): readonly number[] {
  const pattern = parseCron(cron);
  const slots: number[] = [];
  for (let local = findShownLast(nowMs, timeZone); slots.length < limit; ) {
    const [before] = pattern.previousRuns(1, local);
    if (!before) break;
    const instant = toInstantMs(before.getTime(), timeZone);
    if (instant <= firstMs) break;
    if (instant <= nowMs && instant !== slots[0]) slots.unshift(instant);
    local = before;
  }
  return slots;
}

// In its second pass of an hour a clock shows less than times that have passed: they lie behind what it shows now.
function findShownLast(nowMs: number, timeZone: string): Date {
  const earlier = toLocalMs(nowMs - LONGEST_CHANGE_MS, timeZone) + LONGEST_CHANGE_MS;
  return new Date(Math.max(toLocalMs(nowMs, timeZone), earlier) + 1000);
}
