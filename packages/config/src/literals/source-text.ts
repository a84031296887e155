/** A text that a program reads as a value, by its place in the source: between its quotes, and with quotes and prefix. */
export interface SourceText {
  readonly start: number;
  readonly end: number;
  readonly outerStart: number;
  readonly outerEnd: number;
}

/** From and to of a stretch of a source. */
export type SourceRange = readonly [start: number, end: number];
