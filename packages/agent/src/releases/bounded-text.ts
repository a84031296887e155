// Lines of a text of unknown length, in bounded memory: its beginning and its end are what people look at.

/** A text that grows. */
export interface BoundedText {
  add(line: string): void;
  text(): string;
  /** Its middle is missing. */
  isCut(): boolean;
}

/** Room for the note of what is left out. */
const NOTE_CHARACTERS = 64;

/** Keeps at most `maxCharacters`: the first half of what came, and the last. */
export function createBoundedText(maxCharacters: number): BoundedText {
  const half = Math.floor((maxCharacters - NOTE_CHARACTERS) / 2);
  let [head, tail, dropped] = ['', '', 0];
  const leftOut = () => dropped + tail.length - lastLines(tail, half).length;
  return {
    add: (line) => {
      const added = `${line}\n`;
      if (tail === '' && head.length + added.length <= half) head += added;
      else tail += added;
      // Twice as much before it is cut: a million lines don't copy it a million times.
      if (tail.length <= 2 * half) return;
      const kept = lastLines(tail, half);
      dropped += tail.length - kept.length;
      tail = kept;
    },
    text: () =>
      leftOut() === 0 ? head + tail : `${head}… ${leftOut()} characters left out …\n${lastLines(tail, half)}`,
    isCut: () => leftOut() > 0,
  };
}

/** Whole lines from the end, as many as fit: half of one could be half of a secret. */
function lastLines(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const end = text.slice(-maxCharacters);
  const isWhole = text[text.length - maxCharacters - 1] === '\n';
  return isWhole ? end : end.slice(end.indexOf('\n') + 1);
}
