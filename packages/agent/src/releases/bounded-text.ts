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
  const leftOut = () => dropped + Math.max(0, tail.length - half);
  return {
    add: (line) => {
      const added = `${line}\n`;
      if (tail === '' && head.length + added.length <= half) head += added;
      else tail += added;
      // Twice as much before it is cut: a million lines don't copy it a million times.
      if (tail.length <= 2 * half) return;
      dropped += tail.length - half;
      tail = tail.slice(-half);
    },
    text: () => (leftOut() === 0 ? head + tail : `${head}… ${leftOut()} characters left out …\n${tail.slice(-half)}`),
    isCut: () => leftOut() > 0,
  };
}
