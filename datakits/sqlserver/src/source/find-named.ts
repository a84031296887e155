// Names as people type them: without regard to case, as SQL Server's are by default. Where a database does regard it, two
// columns may differ by case alone, and the one that is named exactly is meant.

/** The item of this name; one that is exactly so before one that differs in case. */
export function findNamed<T>(items: readonly T[], name: string, nameOf: (item: T) => string): T | undefined {
  const exact = items.find((item) => nameOf(item) === name);
  return exact ?? items.find((item) => isSameName(nameOf(item), name));
}

/** Whether two names are one where case doesn't count. */
export function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
