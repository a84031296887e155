// Where all that a command prints leaves the process. What our words quote (names, messages, causes) came from others, so
// strings never steer a terminal, whichever command forgot to think of it. Bytes are what tasks wrote: they leave as they
// are, except to a terminal.
import { toPrintableLines } from '@towpath/core';
import { createTerminalText } from './terminal-text.ts';

/** A standard stream, as far as it is used here. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  write(text: string | Uint8Array): unknown;
}

/** The way out. */
export interface Output {
  write(text: string | Uint8Array): void;
  /** Writes what was held back; a terminal has its own colours again. */
  finish(): void;
}

/** Creates the way out to a stream. */
export function createOutput(stream: OutputStream): Output {
  const terminal = stream.isTTY === true ? createTerminalText() : undefined;
  return {
    write: (text) => {
      if (typeof text === 'string') stream.write(toPrintableLines(text));
      else stream.write(terminal?.add(text) ?? text);
    },
    finish: () => {
      const rest = terminal?.end() ?? '';
      if (rest !== '') stream.write(rest);
    },
  };
}
