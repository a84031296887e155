// Text of others on its way to a terminal: names, reasons and messages must not steer it (move the cursor, fill the
// clipboard by OSC 52, overwrite a line by a carriage return) nor show words in another order than they are.

/** Control characters, C1 included, and those that turn the direction of text. */
const STEERING = /[\p{Cc}\p{Bidi_Control}]/gu;

/** The text in one line: what would steer a terminal is shown as `\u001b`. */
export function toPrintable(text: string): string {
  return text.replace(STEERING, toEscape);
}

/** The same for text of several lines: newlines and tabs stay; each line after the first begins with `indent`. */
export function toPrintableLines(text: string, indent = ''): string {
  const kept = text.replace(STEERING, (char) => (char === '\n' || char === '\t' ? char : toEscape(char)));
  return indent === '' ? kept : kept.replaceAll('\n', `\n${indent}`);
}

function toEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
