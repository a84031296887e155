// What tasks wrote, for a terminal: their colours, lines and tabs; everything else that would steer it is shown.
import { toPrintable } from '@towpath/core';

/** Turns bytes into text, piece by piece; a character or a sequence may be cut anywhere. */
export interface TerminalText {
  add(bytes: Uint8Array): string;
  /** What was held back, and the end of a colour that was left on. */
  end(): string;
}

/** Colours and styles (ECMA-48 SGR, none real is longer), ends of lines, and whatever else may steer. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const PARTS = /\u001b\[[0-9;:]{0,40}m|\r?\n|[\p{Cc}\p{Bidi_Control}]/gu;
/** May be the beginning of a colour, or of the end of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const UNFINISHED = /(?:\u001b(?:\[[0-9;:]{0,40})?|\r)$/;
const RESET = '\u001b[0m';

/** Creates one for a stream of bytes. A colour ends with its line: what is printed after it is somebody else's. */
export function createTerminalText(): TerminalText {
  const decoder = new TextDecoder();
  let rest = '';
  let isStyled = false;
  const show = (part: string): string => {
    if (part.endsWith('m') && part.length > 1) {
      isStyled = true;
      return part;
    }
    if (part === '\t') return part;
    if (!part.endsWith('\n')) return toPrintable(part);
    return `${endStyle()}\n`;
  };
  const endStyle = (): string => {
    const end = isStyled ? RESET : '';
    isStyled = false;
    return end;
  };
  const take = (text: string): string => text.replace(PARTS, show);
  return {
    add: (bytes) => {
      const text = rest + decoder.decode(bytes, { stream: true });
      const at = text.search(UNFINISHED);
      rest = at < 0 ? '' : text.slice(at);
      return take(at < 0 ? text : text.slice(0, at));
    },
    end: () => {
      const text = take(rest + decoder.decode());
      rest = '';
      return text + endStyle();
    },
  };
}
