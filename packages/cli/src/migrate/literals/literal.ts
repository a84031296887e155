// A piece of source text that a program reads as a string, and how a language writes a variable in its place.

/** A string in a source file: the text between its quotes (or all of it, in a language without them). */
export interface Literal {
  /** Place of the text between the quotes. */
  readonly start: number;
  readonly end: number;
  /** Place of all of it, quotes and prefix included. */
  readonly outerStart: number;
  readonly outerEnd: number;
  /** Parts of the text that are code (`{…}` of an f-string, `${…}` of a template): never searched. */
  readonly holes: readonly (readonly [start: number, end: number])[];
  /** Set where nothing can be written in its place. */
  readonly byHand?: string | undefined;
}

/** An edit of a source text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What to write at a place of a literal. */
export interface Insertion {
  readonly start: number;
  readonly end: number;
  readonly variable: string;
}

/** How one language is read and rewritten. */
export interface LiteralLanguage {
  listLiterals(source: string): readonly Literal[];
  /** Edits for one literal, or why a person has to make them. */
  rewrite(source: string, literal: Literal, insertions: readonly Insertion[]): readonly Edit[] | string;
  /** Further edits once something was rewritten: an import. */
  finish(source: string): readonly Edit[];
}

/** Applies edits that don't overlap; what is only inserted comes before what is replaced at the same place. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => b.start - a.start || b.end - a.end);
  return ordered.reduce((text, { start, end, text: piece }) => text.slice(0, start) + piece + text.slice(end), source);
}
