import { InvalidArgumentError } from 'commander';

/** Reads a number of days from the command line: 1 to 3650. */
export function parseDays(text: string): number {
  const days = Number(text);
  if (!/^\d{1,4}$/.test(text) || days < 1 || days > 3650)
    throw new InvalidArgumentError('It must be a number of days from 1 to 3650.');
  return days;
}
