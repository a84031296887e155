import { formatErrorLines, TOWPATH } from '@towpath/core';

/**
 * Formats what commander says of a command line in the three lines of every error; its suggestion becomes the fix. `place`: where the
 * word stood that it is about.
 */
export function formatUsageError(text: string, place: 'command' | 'before-command' = 'command'): string {
  const [first = '', ...rest] = text
    .replace(/^error: /, '')
    .trimEnd()
    .split('\n');
  const suggestion = rest.find((line) => line.startsWith('(Did you mean'))?.slice(1, -1);
  const message = first.charAt(0).toUpperCase() + first.slice(1);
  return `${formatErrorLines({ code: 'COMMAND_LINE_INVALID', message, fix: suggestion ?? findFix(message, place) })}\n`;
}

function findFix(message: string, place: 'command' | 'before-command'): string {
  return place === 'before-command' && message.startsWith('Unknown option')
    ? `Options stand behind the command: ${TOWPATH} <command> … See --help.`
    : 'See --help.';
}
