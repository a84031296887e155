import { InvalidArgumentError } from 'commander';

/** Reads a positive number of whole seconds from the command line; at most 30 days. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,7}$/.test(text) || seconds === 0 || seconds > 30 * 24 * 3600)
    throw new InvalidArgumentError('It must be a number of seconds from 1 to 2592000.');
  return seconds;
}
