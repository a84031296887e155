// A command line becomes argv once, here, so that every executor starts exactly the same words (A21).
import { TowpathError } from '../errors/towpath-error.ts';

/**
 * Splits a command as a POSIX shell splits words (quotes and backslash, IEEE 1003.1 §2.2) and nothing else: no
 * variables, globs, pipes or substitutions; `$`, `*`, `;`, `|` are ordinary characters because no shell ever sees them.
 *
 * @throws TowpathError `COMMAND_MALFORMED` for an open quote, a trailing backslash or a NUL
 */
export function splitCommand(command: string): readonly string[] {
  if (command.includes('\0')) throw malformed(command, 'it contains a NUL character');
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < command.length) {
    const char = command.charAt(at);
    if (isBlank(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else {
      const piece = readPiece(command, at);
      word = (word ?? '') + piece.text;
      at = piece.next;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

interface Piece {
  readonly text: string;
  readonly next: number;
}

function readPiece(command: string, at: number): Piece {
  const char = command.charAt(at);
  if (char === "'") return readSingleQuoted(command, at);
  if (char === '"') return readDoubleQuoted(command, at);
  if (char !== '\\') return { text: char, next: at + 1 };
  if (at + 1 >= command.length) throw malformed(command, 'it ends with a backslash');
  const next = command.charAt(at + 1);
  return { text: next === '\n' ? '' : next, next: at + 2 };
}

function readSingleQuoted(command: string, at: number): Piece {
  const end = command.indexOf("'", at + 1);
  if (end < 0) throw malformed(command, 'a single quote is never closed');
  return { text: command.slice(at + 1, end), next: end + 1 };
}

// Inside double quotes a backslash escapes only these (IEEE 1003.1 §2.2.3); before others it stands for itself.
const ESCAPABLE = new Set(['$', '`', '"', '\\', '\n']);

function readDoubleQuoted(command: string, at: number): Piece {
  let text = '';
  for (let i = at + 1; i < command.length; i += 1) {
    const char = command.charAt(i);
    if (char === '"') return { text, next: i + 1 };
    const following = command.charAt(i + 1);
    if (char === '\\' && ESCAPABLE.has(following)) {
      text += following === '\n' ? '' : following;
      i += 1;
    } else {
      text += char;
    }
  }
  throw malformed(command, 'a double quote is never closed');
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n';
}

function malformed(command: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'COMMAND_MALFORMED',
    message: `The command ${JSON.stringify(command.slice(0, 200))} can't be split into words.`,
    cause,
    fix: 'Close the quote, or give the command as a list of words.',
  });
}
