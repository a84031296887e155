// EXEC: SQL as a text (`sp_executesql`, `EXEC ('…')`), and the procedures of the catalogue.

import type { CellValue } from '../../tds-column.ts';
import { convertValue } from '../engine/convert-value.ts';
import { MockSqlError, notSupported, syntaxError } from '../engine/mock-sql-error.ts';
import { splitAtCommas } from '../engine/select-list.ts';
import type { SqlParameter } from '../engine/sql-parameter.ts';
import { parseSqlType } from '../engine/sql-type.ts';
import { findClosing, isSymbol, isWord, type TsqlToken, tokenize } from '../engine/tsql-lexer.ts';
import type { BatchVariables } from './batch-variables.ts';
import { type Argument, findCatalogueProcedure } from './catalogue-procedures.ts';

/** SQL that a call stands for. */
export interface CalledSql {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

/** What an EXEC runs. Errors: 2812 for a procedure that isn't there, 50000 for one of SQL Server's own. */
export function readCall(statement: readonly TsqlToken[], variables: BatchVariables): CalledSql {
  const rest = isWord(statement[0], 'EXEC', 'EXECUTE') ? statement.slice(1) : statement;
  if (isSymbol(rest[0], '(')) {
    const text = variables.evaluate(rest.slice(1, findClosing(rest, 0)));
    return { sql: String(text ?? ''), parameters: [] };
  }
  const { name, length } = readName(rest);
  return callProcedure(name, readArguments(rest.slice(length), variables));
}

/** What a procedure stands for; for calls from EXEC and from a client alike. */
export function callProcedure(name: string, args: readonly Argument[]): CalledSql {
  const lower = name.toLowerCase();
  if (lower === 'sp_executesql') return toExecuteSql(args);
  const sql = findCatalogueProcedure(lower, args);
  if (sql !== undefined) return { sql, parameters: [] };
  if (/^(sp|xp)_/.test(lower)) throw notSupported(`the procedure ${name}`);
  throw new MockSqlError(2812, 16, `Could not find stored procedure '${name}'.`);
}

/** `[TestWarehouse].[sys].sp_tables`: the last part counts. */
function readName(tokens: readonly TsqlToken[]): { name: string; length: number } {
  let at = 0;
  while (isSymbol(tokens[at + 1], '.')) at += isSymbol(tokens[at + 2], '.') ? 3 : 2;
  const last = tokens[at];
  if (last?.kind !== 'word' && last?.kind !== 'name') throw syntaxError(last?.text ?? 'EXEC');
  return { name: last.text, length: at + 1 };
}

function readArguments(tokens: readonly TsqlToken[], variables: BatchVariables): Argument[] {
  if (tokens.length === 0) return [];
  return splitAtCommas(tokens).map((item) => {
    const isNamed = item[0]?.kind === 'variable' && isSymbol(item[1], '=');
    const value = isNamed ? item.slice(2) : item;
    if (isWord(value.at(-1), 'OUTPUT', 'OUT')) throw notSupported('OUTPUT of a procedure called by EXEC');
    return { name: isNamed ? (item[0]?.text ?? '') : '', value: readValue(value, variables) };
  });
}

/** A word alone is a text: `EXEC sp_help Orders`. */
function readValue(tokens: readonly TsqlToken[], variables: BatchVariables): CellValue {
  const [only] = tokens;
  const isText = tokens.length === 1 && (only?.kind === 'word' || only?.kind === 'name') && !isWord(only, 'NULL');
  return isText ? (only?.text ?? '') : variables.evaluate(tokens);
}

function toExecuteSql([statement, declarations, ...values]: readonly Argument[]): CalledSql {
  const declared = readDeclarations(String(declarations?.value ?? ''));
  return { sql: String(statement?.value ?? ''), parameters: bindDeclared(declared, values) };
}

/** A parameter as `sp_executesql` and `sp_prepare` declare it. */
export interface DeclaredParameter {
  readonly name: string;
  readonly type: SqlParameter['type'];
}

/** Reads `@id int, @name nvarchar(20) OUTPUT`. */
export function readDeclarations(text: string): DeclaredParameter[] {
  const tokens = tokenize(text);
  if (tokens.length === 0) return [];
  return splitAtCommas(tokens).map(([name, ...rest]) => {
    const type = rest.filter((token) => !isWord(token, 'AS', 'OUTPUT', 'OUT', 'READONLY'));
    return { name: name?.text ?? '', type: parseSqlType(type.map(({ text: part }) => part).join('')) };
  });
}

/** Values by name where they have one, else by position. Error 8178 when one is missing. */
function bindDeclared(declared: readonly DeclaredParameter[], values: readonly Argument[]): SqlParameter[] {
  return declared.map(({ name, type }, index) => {
    const byName = values.find((argument) => argument.name.toLowerCase() === name.toLowerCase());
    const value = byName ?? (values[index]?.name === '' ? values[index] : undefined);
    if (!value) {
      const text = `The parameterized query expects the parameter '${name}', which was not supplied.`;
      throw new MockSqlError(8178, 16, text);
    }
    return { name, type, value: convertValue(type, value.value, null) };
  });
}
