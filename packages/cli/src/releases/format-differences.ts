// What differs between two releases, side by side.
import type { ReleaseDifference } from '@towpath/core';
import { formatTable } from '../rendering/table.ts';
import type { ToldDifferences } from './list-differences.ts';

/** A row for each difference, and how many are not told; empty: nothing differs. */
export function formatDifferences(before: string, after: string, { differences, leftOut }: ToldDifferences): string {
  if (differences.length === 0) return '';
  const table = formatTable(['WHAT', 'NAME', before, after], differences.map(toRow));
  return leftOut === 0 ? table : `${table}\n${leftOut} more are not shown.\n`;
}

function toRow({ kind, name, before, after }: ReleaseDifference): readonly string[] {
  return [kind, name, describe(before), describe(after)];
}

/** Of a hash its beginning, which is what people compare; a commit is given whole, as Git takes it. */
function describe(part: string | null): string {
  if (part === null) return '–';
  return /^[0-9a-f]{64}$/.test(part) ? part.slice(0, 12) : part;
}
