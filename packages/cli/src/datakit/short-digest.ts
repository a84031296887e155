/** As much of a digest as people compare at a glance: `sha256:` and 12 digits; `?` for one that could not be read. */
export function shortDigest(digest: string | undefined): string {
  return digest === undefined ? '?' : digest.slice(0, 'sha256:'.length + 12);
}
