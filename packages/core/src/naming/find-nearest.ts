// "Did you mean …": people mistype names by a letter or two.

/** More edits than this are another name, not a slip. */
const MAX_EDITS = 3;
/** Of short names fewer letters may differ: `run` is no slip of `sql`. */
const MAX_SHARE = 0.4;

/** The candidate that a mistyped name most likely means; undefined when none is near. Case does not count. */
export function findNearest(name: string, candidates: readonly string[]): string | undefined {
  // Names are at most some 60 characters; longer input is no slip, and the table below grows with its square.
  if (name.length > 200) return undefined;
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = countEdits(name.toLowerCase(), candidate.toLowerCase());
    const isNear = edits <= MAX_EDITS && edits <= MAX_SHARE * Math.max(name.length, candidate.length);
    if (isNear && edits < fewest) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

// Damerau-Levenshtein with adjacent swaps ("optimal string alignment"): insert, remove, replace, swap neighbours.
function countEdits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
