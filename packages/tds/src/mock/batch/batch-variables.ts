// The variables of one batch: DECLARE, SET and SELECT give them values, statements see them as parameters.

import type { CellValue } from '../../tds-column.ts';
import { convertValue } from '../engine/convert-value.ts';
import type { EngineSession } from '../engine/engine-session.ts';
import { MockSqlError, notSupported, syntaxError } from '../engine/mock-sql-error.ts';
import { splitAtCommas } from '../engine/select-list.ts';
import type { SqlEngine } from '../engine/sql-engine.ts';
import type { SqlParameter } from '../engine/sql-parameter.ts';
import { parseSqlType } from '../engine/sql-type.ts';
import { isSymbol, isWord, type TsqlToken } from '../engine/tsql-lexer.ts';

/** What expressions are evaluated with. */
export interface EvaluationContext {
  readonly engine: SqlEngine;
  readonly session: EngineSession;
}

/** See the file's head. */
export class BatchVariables {
  private readonly byName = new Map<string, SqlParameter>();
  private readonly context: EvaluationContext;

  constructor(context: EvaluationContext, parameters: readonly SqlParameter[]) {
    this.context = context;
    for (const parameter of parameters) this.byName.set(parameter.name.toLowerCase(), parameter);
  }

  get parameters(): SqlParameter[] {
    return [...this.byName.values()];
  }

  /** Runs a statement that is about variables; false when it is none. Errors: 134, 137, and those of its expressions. */
  run(statement: readonly TsqlToken[]): boolean {
    const [first, second, third] = statement;
    if (isWord(first, 'DECLARE')) this.addDeclared(statement.slice(1));
    else if (isWord(first, 'SET') && second?.kind === 'variable') this.set(second, statement.slice(2));
    else if (isWord(first, 'SELECT') && second?.kind === 'variable' && isSymbol(third, '=')) this.select(statement);
    else return false;
    return true;
  }

  /** The value of an expression. */
  evaluate(expression: readonly TsqlToken[]): CellValue {
    return this.read([SELECT, ...expression])?.[0] ?? null;
  }

  /** Whether a condition holds; UNKNOWN doesn't. */
  holds(condition: readonly TsqlToken[]): boolean {
    const words = ['CASE', 'WHEN'].map(word);
    const result = ['THEN', '1', 'ELSE', '0', 'END'].map(word);
    return Number(this.evaluate([...words, ...condition, ...result])) === 1;
  }

  private addDeclared(tokens: readonly TsqlToken[]): void {
    for (const item of splitAtCommas(tokens)) {
      const [variable] = item;
      if (variable?.kind !== 'variable') throw syntaxError(variable?.text ?? 'DECLARE');
      const typeAt = isWord(item[1], 'AS') ? 2 : 1;
      if (isWord(item[typeAt], 'TABLE', 'CURSOR')) throw notSupported('variables of tables and cursors');
      const equals = item.findIndex((token) => isSymbol(token, '='));
      const end = equals < 0 ? item.length : equals;
      const text = item.slice(typeAt, end).map((token) => token.text);
      this.add(variable.text, text.join(''), equals < 0 ? [] : item.slice(equals + 1));
    }
  }

  private add(name: string, declared: string, expression: readonly TsqlToken[]): void {
    if (this.byName.has(name.toLowerCase())) {
      throw new MockSqlError(134, 15, `The variable name '${name}' has already been declared.`);
    }
    const type = parseSqlType(declared);
    const value = expression.length > 0 ? convertValue(type, this.evaluate(expression), null) : null;
    this.byName.set(name.toLowerCase(), { name, type, value });
  }

  private set({ text }: TsqlToken, rest: readonly TsqlToken[]): void {
    const isPlain = isSymbol(rest[0], '=');
    const [operator] = rest;
    if (!isPlain && !(operator?.kind === 'symbol' && isSymbol(rest[1], '='))) throw syntaxError(text);
    const expression = isPlain
      ? rest.slice(1)
      : [{ kind: 'variable' as const, text }, operator ?? PLUS, OPEN, ...rest.slice(2), CLOSE];
    this.assign(text, this.evaluate(expression));
  }

  /** `SELECT @a = x, @b = y FROM …`: the last row counts; without a row nothing changes. */
  private select(statement: readonly TsqlToken[]): void {
    const end = endOfItems(statement);
    const items = splitAtCommas(statement.slice(1, end));
    const names = items.map(([variable, equals]) => {
      if (variable?.kind !== 'variable' || !isSymbol(equals, '='))
        throw new MockSqlError(
          141,
          15,
          'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.',
        );
      return variable.text;
    });
    const expressions = items.flatMap((item, index) => (index > 0 ? [COMMA, ...item.slice(2)] : item.slice(2)));
    const row = this.read([SELECT, ...expressions, ...statement.slice(end)]);
    if (row) for (const [index, name] of names.entries()) this.assign(name, row[index] ?? null);
  }

  private assign(name: string, value: CellValue): void {
    const known = this.byName.get(name.toLowerCase());
    if (!known) throw new MockSqlError(137, 15, `Must declare the scalar variable "${name}".`);
    this.byName.set(name.toLowerCase(), { ...known, value: convertValue(known.type, value, null) });
  }

  private read(tokens: readonly TsqlToken[]): readonly CellValue[] | undefined {
    const { engine, session } = this.context;
    return engine.readLastRow(session, tokens, this.parameters);
  }
}

const SELECT = word('SELECT');
const [OPEN, CLOSE, COMMA, PLUS] = [symbol('('), symbol(')'), symbol(','), symbol('+')];

function word(text: string): TsqlToken {
  return { kind: 'word', text };
}

function symbol(text: string): TsqlToken {
  return { kind: 'symbol', text };
}

function endOfItems(tokens: readonly TsqlToken[]): number {
  let depth = 0;
  const at = tokens.findIndex((token) => {
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    return depth === 0 && isWord(token, 'FROM', 'WHERE', 'ORDER', 'GROUP', 'UNION');
  });
  return at < 0 ? tokens.length : at;
}
