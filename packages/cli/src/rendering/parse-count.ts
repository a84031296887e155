import { InvalidArgumentError } from 'commander';

/** The API answers at most so many rows at once. */
const MAX_COUNT = 200;

/** Reads how many rows to list: 1 to 200. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,3}$/.test(text) || count < 1 || count > MAX_COUNT) {
    throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_COUNT}.`);
  }
  return count;
}
