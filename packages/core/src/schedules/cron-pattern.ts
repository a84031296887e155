// Cron in its plain form: what every scheduler reads the same way, Kubernetes' CronJob included.
import { Cron } from 'croner';

/** An expression that was read; it knows local times only. */
export type CronPattern = Pick<Cron, 'nextRun' | 'previousRuns'>;

/** What may stand in a field besides numbers. Letters elsewhere (L, W, #, ?, @daily) mean something else in each scheduler. */
const PLAIN_FIELD = /^[0-9*,/-]+$/;
const NAMES_ALLOWED = [
  undefined,
  undefined,
  undefined,
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b/gi,
  /\b(?:sun|mon|tue|wed|thu|fri|sat)\b/gi,
];

/** Any instant: whether a day exists does not depend on when one asks; leap years come round within eight years. */
const ANY_TIME = new Date(0);

/**
 * Reads an expression that `describeCronProblem` finds nothing wrong with. Its times are those of a wall clock: croner's own
 * zones run lists of hours twice when clocks go back and not at all when they go forward (11.0.1), so it is given UTC and
 * `zone-time.ts` does the rest. As an offset, not as a zone: that makes each match twenty times as fast.
 */
export function parseCron(cron: string): CronPattern {
  return new Cron(cron, { utcOffset: 0, mode: '5-part' });
}

/** What is wrong with an expression, in words; undefined: nothing. */
export function describeCronProblem(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length === 6) return 'it has six fields; there is none for seconds';
  if (fields.length !== 5)
    return 'it needs five fields: minute, hour, day of month, month, day of week, such as 30 2 * * *';
  const strange = fields.find(
    (field, index) => !PLAIN_FIELD.test(field.replaceAll(NAMES_ALLOWED[index] ?? /$^/g, '0')),
  );
  if (strange !== undefined)
    return `${JSON.stringify(strange)} is not plain cron: numbers, names of months and days, * , - /`;
  try {
    return parseCron(cron).nextRun(ANY_TIME) ? undefined : 'no such day ever comes';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message.replace(/^CronPattern: /, '') : String(thrown);
  }
}
