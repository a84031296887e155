// Names travel into paths, URLs, process names and SQL identifiers; this alphabet is safe in all of them.
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/;
/** Pools are named as in other schedulers, where an underscore may stand at either end. */
const POOL_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9_])?$/;

/** Tells whether a pipeline or task may have this name: 1–63 of a–z 0–9 . _ - with a letter or digit at both ends. */
export function isValidName(name: string): boolean {
  return NAME.test(name);
}

/** Tells whether a pool may have this name: 1–63 of A–Z a–z 0–9 . _ - that neither begin nor end with . or -. */
export function isValidPoolName(name: string): boolean {
  return POOL_NAME.test(name);
}
