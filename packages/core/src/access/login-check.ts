/**
 * What a terminal and the browser show of the same sign-in, so that a person sees that they belong together: `7KQ2-9FZA`. Of the
 * challenge, which is a SHA-256, some 40 bits: who would have another program's sign-in look like this one must find a challenge
 * that begins the same while its terminal still waits.
 */
export function formatLoginCheck(challenge: string): string {
  const signs = challenge.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
  return `${signs.slice(0, 4)}-${signs.slice(4, 8)}`;
}
