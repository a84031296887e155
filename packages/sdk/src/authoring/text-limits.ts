// Texts in a graph that a server would refuse; said here, an author sees the line.

/**
 * Problems of a text, in words: no string, longer than `maxCharacters` (UTF-16 units, as the server counts), or with
 * characters that PostgreSQL and UTF-8 can't hold.
 */
export function checkText(label: string, text: unknown, maxCharacters: number): string[] {
  if (typeof text !== 'string') return [`${label} is a ${typeof text}; write a string`];
  const problems: string[] = [];
  if (text.length > maxCharacters) problems.push(`${label} has ${text.length} characters, more than ${maxCharacters}`);
  if (text.includes('\0')) problems.push(`${label} contains a NUL character`);
  if (!text.isWellFormed()) problems.push(`${label} contains half a character (a lone surrogate)`);
  return problems;
}
