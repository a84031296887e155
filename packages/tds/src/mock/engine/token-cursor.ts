// Reads tokens from left to right, for statements whose grammar is worth writing out.
import { syntaxError } from './mock-sql-error.ts';
import { findClosing, isSymbol, isWord, type TsqlToken, tokenAt } from './tsql-lexer.ts';

/** A position in a statement. What isn't there as expected is error 102. */
export class TokenCursor {
  private readonly tokens: readonly TsqlToken[];
  private at = 0;

  constructor(tokens: readonly TsqlToken[]) {
    this.tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  /** Moves over this word when it is next. */
  takeWord(...words: readonly string[]): boolean {
    const isNext = isWord(this.tokens[this.at], ...words);
    if (isNext) this.at += 1;
    return isNext;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected();
  }

  takeSymbol(symbol: string): boolean {
    const isNext = isSymbol(this.tokens[this.at], symbol);
    if (isNext) this.at += 1;
    return isNext;
  }

  /** A name, quoted or not. */
  takeName(): string {
    const token = tokenAt(this.tokens, this.at);
    if (token.kind !== 'word' && token.kind !== 'name') throw this.unexpected();
    this.at += 1;
    return token.text;
  }

  takeString(): string {
    const token = tokenAt(this.tokens, this.at);
    if (token.kind !== 'string') throw this.unexpected();
    this.at += 1;
    return token.text;
  }

  /** The inside of parentheses, when an opening one is next. */
  takeParentheses(): TsqlToken[] | undefined {
    if (!isSymbol(this.tokens[this.at], '(')) return undefined;
    const close = findClosing(this.tokens, this.at);
    const inside = this.tokens.slice(this.at + 1, close);
    this.at = close + 1;
    return inside;
  }

  /** A table's name; schema dbo when it has none. */
  takeTableName(): { schema: string; name: string } {
    const first = this.takeName();
    return this.takeSymbol('.') ? { schema: first, name: this.takeName() } : { schema: 'dbo', name: first };
  }

  /** One token, whatever it is. */
  takeAny(): TsqlToken {
    const token = tokenAt(this.tokens, this.at);
    if (this.isAtEnd) throw this.unexpected();
    this.at += 1;
    return token;
  }

  unexpected(): Error {
    return syntaxError(tokenAt(this.tokens, this.at).text);
  }
}
