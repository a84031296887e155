// Bytes of a log become lines, chunk by chunk: a character or a line may be cut anywhere.

// Colours and cursor moves of terminals (ECMA-48 CSI and OSC sequences); the console shows the text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/** Collects the lines of one log. */
export interface LogLines {
  /** Complete lines, and the unfinished one last; grows in place. */
  readonly lines: string[];
  /** Adds bytes. */
  push: (bytes: Uint8Array) => void;
}

/**
 * Starts at the beginning of a log, or amid it: then everything up to the first line end is left out, because it may
 * begin inside a character.
 */
export function createLogLines(options: { readonly beginsAmid: boolean }): LogLines {
  const decoder = new TextDecoder();
  const lines: string[] = [];
  let unfinished = '';
  let isSkipping = options.beginsAmid;
  const finish = (line: string): void => {
    if (!isSkipping) lines.push(toShownLine(line));
    isSkipping = false;
  };
  return {
    lines,
    push: (bytes) => {
      const parts = decoder.decode(bytes, { stream: true }).split('\n');
      const last = parts.pop() ?? '';
      if (unfinished !== '' && !isSkipping) lines.pop();
      for (const part of parts) {
        finish(unfinished + part);
        unfinished = '';
      }
      unfinished += last;
      if (unfinished !== '' && !isSkipping) lines.push(toShownLine(unfinished));
    },
  };
}

/** A line as a terminal would leave it: without escape sequences, and after the last carriage return. */
export function toShownLine(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const visible = text.includes('\u001b') ? text.replace(ESCAPES, '') : text;
  return visible.includes('\r') ? visible.slice(visible.lastIndexOf('\r') + 1) : visible;
}

/** Indexes of the lines that contain a text, whatever the case; none for an empty text. */
export function findLines(lines: readonly string[], text: string): readonly number[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  return lines.flatMap((line, index) => (line.toLowerCase().includes(wanted) ? [index] : []));
}

export interface LinePart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** A line cut where a text occurs in it, for marking. */
export function splitByMatch(line: string, text: string): readonly LinePart[] {
  const wanted = text.toLowerCase();
  const lower = line.toLowerCase();
  // Lower case can be longer than the text (İ); then places don't agree, and the line stays unmarked.
  if (wanted === '' || lower.length !== line.length) return [{ text: line, isMatch: false }];
  const parts: LinePart[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: line.slice(from, at), isMatch: false });
    parts.push({ text: line.slice(at, at + wanted.length), isMatch: true });
    from = at + wanted.length;
  }
  return from < line.length || parts.length === 0 ? [...parts, { text: line.slice(from), isMatch: false }] : parts;
}
