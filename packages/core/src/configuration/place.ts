/** Where something stands in a file; lines and columns count from 1. */
export interface Place {
  /** Relative to the project's folder, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column?: number | undefined;
}

/** `towpath.yaml:12:5`, as terminals and editors make a link of it. */
export function formatPlace({ file, line, column }: Place): string {
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}
