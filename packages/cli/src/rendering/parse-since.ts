import { InvalidArgumentError } from 'commander';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a point in time from the command line: a day, an instant, or an age (`30m`, `2h`, `7d`). Returns RFC 3339 in UTC. */
export function parseSince(text: string): string {
  const age = /^(\d{1,5})([mhd])$/.exec(text);
  const unitMs = age?.[2] === 'm' ? UNIT_MS.m : age?.[2] === 'h' ? UNIT_MS.h : UNIT_MS.d;
  const at = age ? new Date(Date.now() - Number(age[1]) * unitMs) : new Date(text);
  if (!age && !/^\d{4}-\d{2}-\d{2}/.test(text)) throw invalid();
  if (Number.isNaN(at.getTime())) throw invalid();
  return at.toISOString();
}

function invalid(): InvalidArgumentError {
  return new InvalidArgumentError(
    'It must be a day (2026-01-31), an instant (2026-01-31T08:00:00Z) or an age (30m, 2h, 7d).',
  );
}
