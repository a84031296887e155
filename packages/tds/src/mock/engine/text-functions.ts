// T-SQL functions over text, and LIKE with its character classes.
import type { DatabaseSync } from 'node:sqlite';
import type { CellValue } from '../../tds-column.ts';
import type { DefineFunction } from './define-function.ts';
import { notSupported } from './mock-sql-error.ts';

/** Registers them. NULL in is NULL out. */
export function registerTextFunctions(define: DefineFunction, db: DatabaseSync): void {
  const defineText = (name: string, body: (text: string, ...rest: CellValue[]) => CellValue): void =>
    define(name, (...values) => (values.includes(null) ? null : body(String(values[0]), ...values.slice(1))));
  defineText('left', (text, count) => text.slice(0, Math.max(0, Number(count))));
  defineText('right', (text, count) => (Number(count) > 0 ? text.slice(-Number(count)) : ''));
  defineText('reverse', (text) => text.split('').reverse().join(''));
  defineText('replicate', (text, count) => text.repeat(Math.max(0, Math.min(8000, Number(count)))));
  defineText('space', (count) => ' '.repeat(Math.max(0, Math.min(8000, Number(count)))));
  defineText('ascii', (text) => (text === '' ? null : BigInt(text.charCodeAt(0))));
  defineText('nchar', (code) => String.fromCharCode(Number(code)));
  defineText('quotename', (text) => `[${text.replaceAll(']', ']]')}]`);
  defineText('charindex', (wanted, text, from = 1) => {
    const start = Math.max(0, Number(from) - 1);
    return BigInt(String(text).toLowerCase().indexOf(wanted.toLowerCase(), start) + 1);
  });
  defineText('stuff', (text, from, count, piece) => {
    const [start, length] = [Number(from) - 1, Number(count)];
    if (start < 0 || start >= text.length || length < 0) return null;
    return text.slice(0, start) + String(piece) + text.slice(start + length);
  });
  // SQLite has a function of this name that means something else.
  define('tds_format', () => {
    throw notSupported('the function FORMAT');
  });
  registerLike(db);
}

// SQLite asks these functions for its LIKE: first the pattern, then the text. Each arity takes the place of its own.
function registerLike(db: DatabaseSync): void {
  db.function('like', (pattern: unknown, text: unknown) => like(pattern, text, ''));
  db.function('like', (pattern: unknown, text: unknown, sign: unknown) => like(pattern, text, String(sign)));
}

function like(pattern: unknown, text: unknown, escapeSign: string): number | null {
  if (pattern === null || text === null) return null;
  return Number(toExpression(String(pattern), escapeSign).test(String(text)));
}

let last: { readonly pattern: string; readonly escapeSign: string; readonly expression: RegExp } | undefined;

/** A pattern is used for many rows. */
function toExpression(pattern: string, escapeSign: string): RegExp {
  if (last?.pattern !== pattern || last.escapeSign !== escapeSign) {
    last = { pattern, escapeSign, expression: new RegExp(`^${translatePattern(pattern, escapeSign)}$`, 'is') };
  }
  return last.expression;
}

/** Pieces of a pattern: an escaped sign, a class, any other sign. */
function translatePattern(pattern: string, escapeSign: string): string {
  const escaped = escapeSign === '' ? '(?!)()' : `${quote(escapeSign)}([\\s\\S])`;
  const pieces = new RegExp(`${escaped}|\\[(\\^?[^\\]]+)\\]|[\\s\\S]`, 'g');
  return pattern.replaceAll(pieces, (sign: string, literal: string | undefined, inside: string | undefined) => {
    if (literal !== undefined) return quote(literal);
    if (inside !== undefined) return translateClass(inside);
    if (sign === '%') return '.*';
    return sign === '_' ? '.' : quote(sign);
  });
}

function translateClass(inside: string): string {
  const isNegated = inside.startsWith('^');
  const signs = (isNegated ? inside.slice(1) : inside).replaceAll(/[\\[\]^]/g, '\\$&');
  return `[${isNegated ? '^' : ''}${signs}]`;
}

function quote(sign: string): string {
  return sign.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
