import { InvalidArgumentError } from 'commander';

/** Reads an instant from the command line; a time without zone is that of this machine. Returns RFC 3339 in UTC. */
export function parseInstant(text: string): string {
  const at = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) && !Number.isNaN(at.getTime())) return at.toISOString();
  throw new InvalidArgumentError('It must be an instant, such as 2026-12-22T10:00Z or 2026-12-22T10:00+01:00.');
}
