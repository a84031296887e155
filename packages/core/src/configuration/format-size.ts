import type { Sizing } from './declaration.ts';

/** A size as one text: `0.5`, `1Gi`, `bronze: 30, gold: 365`; null where none is declared. */
export function formatSize(size: Sizing[keyof Sizing]): string | null {
  if (size === undefined) return null;
  if (typeof size !== 'object') return String(size);
  const pairs = Object.entries(size).map(([name, value]) => `${name}: ${value}`);
  return pairs.length === 0 ? null : pairs.sort().join(', ');
}
