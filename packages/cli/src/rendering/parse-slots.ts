import { InvalidArgumentError } from 'commander';

/** Reads the slots of a pool from the command line: 0 to 100000. */
export function parseSlots(text: string): number {
  const slots = Number(text);
  if (!/^\d{1,6}$/.test(text) || slots > 100_000)
    throw new InvalidArgumentError('It must be a number from 0 to 100000.');
  return slots;
}
