/** A text that stands in code, with the place of its first character; lines and columns count from 1. */
export interface Literal {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Finds the texts of a source that can name something: strings, and in SQL names. Throws for a source it can't read. */
export type ListLiterals = (source: string) => readonly Literal[];

/** Turns offsets of a source into lines and columns. */
export function createLocator(source: string): (offset: number) => Pick<Literal, 'line' | 'column'> {
  const starts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
