// Versions as SemVer 2.0.0 orders them.

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Whether this names one version, as `1.4.0` and `1.4.0-rc.1` do; `1.4`, `latest` and ranges do not. */
export function isExactVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Negative when `a` comes before `b`, 0 when neither does (SemVer §11). What is no version comes before every one that is. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [VERSION.exec(a), VERSION.exec(b)];
  if (first === null || second === null) return Number(first !== null) - Number(second !== null);
  for (const at of [1, 2, 3]) {
    const difference = Number(first[at]) - Number(second[at]);
    if (difference !== 0) return difference;
  }
  return comparePreReleases(first[4], second[4]);
}

function comparePreReleases(a: string | undefined, b: string | undefined): number {
  // The release comes after what led to it.
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [first, second] = [a.split('.'), b.split('.')];
  for (const [at, word] of first.entries()) {
    const other = second[at];
    if (other === undefined) return 1;
    const difference = compareIdentifiers(word, other);
    if (difference !== 0) return difference;
  }
  return first.length - second.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}
