// What a release brings to an environment, in a few lines: the parts by name, without what `release diff` says of each.
import { groupDifferences } from '@towpath/core';
import type { ToldDifferences } from './list-differences.ts';

/** Names of a line; those after them are counted. */
const MAX_NAMES = 12;

/** One line for each kind of part that differs and how; one that says so where nothing does. */
export function formatChanges(
  before: { readonly version: string },
  after: { readonly version: string },
  { differences, leftOut }: ToldDifferences,
): readonly string[] {
  const groups = groupDifferences(differences);
  if (groups.length === 0) return ['Nothing that runs differs.'];
  return [
    ...groups.map(({ title, names }) => `  ${title}${names.length > 0 ? `: ${joinNames(names)}` : ''}`),
    ...(leftOut > 0 ? [`  and ${leftOut} more`] : []),
    `Each beside the other: npx towpath release diff ${before.version} ${after.version}`,
  ];
}

function joinNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return [...names.slice(0, MAX_NAMES), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
