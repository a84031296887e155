// The day a run works on: its own, or another one for a repetition or a backfill.

/** For pipelines about a day. */
export const DAY_PARAMETER = {
  day: { type: 'string', default: '', maxLength: 10, description: 'YYYY-MM-DD; the day of the run when empty' },
} as const;

/** The day that was asked for, else the one of the run. */
export function findDay(parameters: Readonly<Record<string, unknown>>, logicalDate: string): string {
  const { day } = parameters;
  if (typeof day !== 'string' || day === '') return logicalDate;
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Error(`${day} is no day`);
  return day;
}
