// A batch is several statements, with or without semicolons between them.
import { isSymbol, isWord, type TsqlToken } from './tsql-lexer.ts';

/** Words that begin a statement wherever they stand outside parentheses. */
const STARTERS = [
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'USE',
  'EXEC',
  'EXECUTE',
  'PRINT',
  'CREATE',
  'ALTER',
  'DROP',
  'TRUNCATE',
  'DECLARE',
  'IF',
  'WHILE',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'GRANT',
  'WAITFOR',
  'RAISERROR',
  'THROW',
];

/** The statements of a batch, in order; empty ones fall away. */
export function splitBatch(tokens: readonly TsqlToken[]): TsqlToken[][] {
  const statements: TsqlToken[][] = [];
  let current: TsqlToken[] = [];
  let depth = 0;
  const finish = () => {
    if (current.length > 0) statements.push(current);
    current = [];
  };
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    if (isSymbol(token, ';')) {
      finish();
      depth = 0;
      continue;
    }
    if (depth === 0 && current.length > 0 && startsStatement(token, current)) finish();
    current.push(token);
  }
  finish();
  return statements;
}

function startsStatement(token: TsqlToken, current: readonly TsqlToken[]): boolean {
  if (isWord(token, 'SELECT')) return !continuesWithSelect(current);
  if (isWord(token, 'SET')) return !isWord(current[0], 'UPDATE');
  const isBlock = isWord(current[0], 'BEGIN') && !isWord(current[1], 'TRAN', 'TRANSACTION');
  return isWord(token, ...STARTERS) && !isBlock && !isWord(current[0], 'CREATE', 'ALTER', 'GRANT', 'IF', 'WHILE');
}

/** UNION SELECT, INSERT … SELECT and WITH … SELECT are one statement. */
function continuesWithSelect(current: readonly TsqlToken[]): boolean {
  if (isWord(current.at(-1), 'UNION', 'ALL', 'EXCEPT', 'INTERSECT')) return true;
  if (isWord(current[0], 'WITH')) return true;
  return isWord(current[0], 'INSERT') && !current.some((token) => isWord(token, 'SELECT', 'VALUES', 'DEFAULT'));
}
