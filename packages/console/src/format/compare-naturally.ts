const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Orders names as a person would: `t2` before `t10`. For `toSorted`. */
export function compareNaturally(left: string, right: string): number {
  return COLLATOR.compare(left, right) || (left < right ? -1 : Number(left > right));
}
