import { TowpathError } from '@towpath/core';
import { InvalidArgumentError } from 'commander';

/** A hundred years are as good as for ever, which is said by 0. */
const MAX_DAYS = 36_500;

const EXPECTED = `a number of days up to ${MAX_DAYS}, 0, or never`;

/** Reads how many days something is kept: 0 for `0` and `never`. */
export function parseRetentionDays(text: string): number {
  const days = toDays(text);
  if (days === undefined) throw new InvalidArgumentError(`It must be ${EXPECTED}.`);
  return days;
}

/**
 * The same of `TOWPATH_RETENTION_DAYS`; undefined when it is not set.
 *
 * @throws TowpathError `RETENTION_DAYS_INVALID`: a word that is misread would delete what somebody wants to keep
 */
export function readRetentionDays({
  TOWPATH_RETENTION_DAYS: text,
}: Readonly<Record<string, string | undefined>>): number | undefined {
  if (!text) return undefined;
  const days = toDays(text);
  if (days !== undefined) return days;
  throw new TowpathError({
    code: 'RETENTION_DAYS_INVALID',
    message: `TOWPATH_RETENTION_DAYS is ${JSON.stringify(text.slice(0, 100))}.`,
    fix: `Set it to ${EXPECTED}.`,
  });
}

function toDays(text: string): number | undefined {
  if (text === 'never') return 0;
  const days = Number(text);
  return /^\d{1,5}$/.test(text) && days <= MAX_DAYS ? days : undefined;
}
