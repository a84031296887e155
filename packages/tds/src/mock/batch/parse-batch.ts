// A batch is several statements, with or without semicolons between them, in IF, WHILE, BEGIN … END and TRY … CATCH.
import { syntaxError } from '../engine/mock-sql-error.ts';
import { isSymbol, isWord, type TsqlToken } from '../engine/tsql-lexer.ts';

/** One step of a batch. */
export type BatchNode =
  | { readonly kind: 'statement'; readonly tokens: readonly TsqlToken[] }
  | {
      readonly kind: 'if';
      readonly condition: readonly TsqlToken[];
      readonly then: BatchNodes;
      readonly otherwise: BatchNodes;
    }
  | { readonly kind: 'while'; readonly condition: readonly TsqlToken[]; readonly body: BatchNodes }
  | { readonly kind: 'try'; readonly body: BatchNodes; readonly handler: BatchNodes };

/** Steps in order. */
export type BatchNodes = readonly BatchNode[];

/** Words that begin a statement wherever they stand outside parentheses. */
const STARTERS = [
  ...['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'USE', 'EXEC', 'EXECUTE', 'PRINT', 'CREATE', 'ALTER', 'DROP', 'TRUNCATE'],
  ...['DECLARE', 'IF', 'WHILE', 'BEGIN', 'COMMIT', 'ROLLBACK', 'SAVE', 'GRANT', 'WAITFOR', 'RAISERROR', 'THROW'],
  ...['RETURN', 'BREAK', 'CONTINUE'],
];

const DEFINITION_WORDS = ['INSERT', 'UPDATE', 'DELETE', 'EXECUTE', 'CREATE', 'ALTER', 'DROP'];

/** The steps of a batch. Error: 102 for a block that isn't closed. */
export function parseBatch(tokens: readonly TsqlToken[]): BatchNodes {
  const parser = new BatchParser(tokens);
  const nodes = parser.takeAll();
  if (parser.isAtEnd) return nodes;
  throw syntaxError(parser.nextText);
}

class BatchParser {
  private position = 0;
  private readonly tokens: readonly TsqlToken[];

  constructor(tokens: readonly TsqlToken[]) {
    this.tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.position >= this.tokens.length;
  }

  get nextText(): string {
    return this.next()?.text ?? '';
  }

  /** Steps up to the end, or to an END or ELSE that belongs to somebody else. */
  takeAll(): BatchNode[] {
    const nodes: BatchNode[] = [];
    for (;;) {
      while (isSymbol(this.next(), ';')) this.position += 1;
      if (this.isAtEnd || isWord(this.next(), 'END', 'ELSE')) return nodes;
      nodes.push(...this.takeStep());
    }
  }

  private next(ahead = 0): TsqlToken | undefined {
    return this.tokens[this.position + ahead];
  }

  private takeStep(): BatchNodes {
    if (this.takeWord('IF')) return [this.takeIf()];
    if (this.takeWord('WHILE')) return [{ kind: 'while', condition: this.takeCondition(), body: this.takeBranch() }];
    if (!isWord(this.next(), 'BEGIN') || isWord(this.next(1), 'TRAN', 'TRANSACTION')) {
      return [{ kind: 'statement', tokens: this.takeStatement() }];
    }
    this.position += 1;
    return this.takeWord('TRY') ? [this.takeTry()] : this.takeBlock();
  }

  private takeIf(): BatchNode {
    const condition = this.takeCondition();
    const then = this.takeBranch();
    // A semicolon may stand before ELSE.
    const hasElse = isSymbol(this.next(), ';') && isWord(this.next(1), 'ELSE');
    if (hasElse) this.position += 1;
    return { kind: 'if', condition, then, otherwise: this.takeWord('ELSE') ? this.takeBranch() : [] };
  }

  private takeBranch(): BatchNodes {
    if (this.isAtEnd) throw syntaxError('');
    return this.takeStep();
  }

  private takeBlock(): BatchNodes {
    const nodes = this.takeAll();
    this.expectWord('END');
    return nodes;
  }

  private takeTry(): BatchNode {
    const body = this.takeBlock();
    this.expectWord('TRY');
    while (isSymbol(this.next(), ';')) this.position += 1;
    this.expectWord('BEGIN');
    this.expectWord('CATCH');
    const handler = this.takeBlock();
    this.expectWord('CATCH');
    return { kind: 'try', body, handler };
  }

  private takeCondition(): readonly TsqlToken[] {
    const from = this.position;
    for (let depth = 0; !this.isAtEnd; this.position += 1) {
      depth += depthOf(this.next());
      if (depth === 0 && this.position > from && isWord(this.next(), ...STARTERS, 'SELECT', 'SET', 'WITH')) break;
    }
    return this.tokens.slice(from, this.position);
  }

  private takeStatement(): readonly TsqlToken[] {
    const from = this.position;
    let depth = 0;
    let cases = 0;
    for (; !this.isAtEnd; this.position += 1) {
      const token = this.next();
      if (isSymbol(token, ';')) break;
      const current = this.tokens.slice(from, this.position);
      if (depth === 0 && cases === 0 && current.length > 0 && startsStatement(token, current)) break;
      depth += depthOf(token);
      if (isWord(token, 'CASE')) cases += 1;
      if (isWord(token, 'END') && cases > 0) cases -= 1;
    }
    return this.tokens.slice(from, this.position);
  }

  private takeWord(word: string): boolean {
    if (!isWord(this.next(), word)) return false;
    this.position += 1;
    return true;
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) throw syntaxError(this.nextText);
  }
}

function depthOf(token: TsqlToken | undefined): number {
  if (isSymbol(token, '(')) return 1;
  return isSymbol(token, ')') ? -1 : 0;
}

function startsStatement(token: TsqlToken | undefined, current: readonly TsqlToken[]): boolean {
  if (isWord(token, 'SELECT')) return !continuesWithSelect(current);
  if (isWord(token, 'SET')) return !isWord(current[0], 'UPDATE');
  if (isWord(token, 'END', 'ELSE')) return true;
  return isWord(token, ...STARTERS) && !continuesDefinition(token, current);
}

/** `ALTER TABLE … DROP COLUMN`, `ON DELETE`, `GRANT UPDATE`: words that begin a statement elsewhere. */
function continuesDefinition(token: TsqlToken | undefined, current: readonly TsqlToken[]): boolean {
  const isDefinition = isWord(current[0], 'CREATE', 'ALTER', 'GRANT') && isWord(token, ...DEFINITION_WORDS);
  // Behind the columns of a table nothing of it follows.
  const hasColumns = isWord(current[0], 'CREATE') && isWord(current[1], 'TABLE') && isSymbol(current.at(-1), ')');
  return isDefinition && !hasColumns;
}

/** UNION SELECT, INSERT … SELECT, INSERT … EXEC and WITH … SELECT are one statement. */
function continuesWithSelect(current: readonly TsqlToken[]): boolean {
  if (isWord(current.at(-1), 'UNION', 'ALL', 'EXCEPT', 'INTERSECT')) return true;
  if (isWord(current[0], 'WITH')) return !current.some((_, index) => isOuterSelect(current, index));
  return isWord(current[0], 'INSERT') && !current.some((token) => isWord(token, 'SELECT', 'VALUES', 'DEFAULT'));
}

/** A SELECT of a WITH statement that stands outside of its common tables. */
function isOuterSelect(tokens: readonly TsqlToken[], index: number): boolean {
  if (!isWord(tokens[index], 'SELECT')) return false;
  return tokens.slice(0, index).reduce((depth, token) => depth + depthOf(token), 0) === 0;
}
