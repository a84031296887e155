/** As much of a digest as people compare at a glance: `sha256:` and 12 digits. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
