import { formatErrorLines } from '@towpath/core';

/**
 * Formats what commander says of a command line in the three lines of every error; its suggestion becomes the fix.
 */
export function formatUsageError(text: string): string {
  const [first = '', ...rest] = text
    .replace(/^error: /, '')
    .trimEnd()
    .split('\n');
  const suggestion = rest.find((line) => line.startsWith('(Did you mean'))?.slice(1, -1);
  const message = first.charAt(0).toUpperCase() + first.slice(1);
  return `${formatErrorLines({ code: 'COMMAND_LINE_INVALID', message, fix: suggestion ?? 'See --help.' })}\n`;
}
