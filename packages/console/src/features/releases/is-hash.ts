/** True for a hash: people compare its beginning. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(text);
}
