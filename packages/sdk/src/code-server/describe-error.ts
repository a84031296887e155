// Turns what an author's module threw into an error that points at the line.
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EvaluationError } from './evaluation.ts';

interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number | undefined;
}

/** Error that loading `sourceFile` ended with; `folder` is the real path of the project. */
export function describeError(thrown: unknown, sourceFile: string, folder: string): EvaluationError {
  const place = findPlace(thrown, folder);
  const where = place === undefined ? sourceFile : formatPlace(place, folder);
  const facts = readFacts(thrown);
  return {
    code: facts?.code ?? 'PIPELINE_MODULE_FAILED',
    message: facts?.message ?? `${sourceFile} can't be loaded.`,
    cause: `${facts?.reason ?? formatThrown(thrown)}\n  at ${where}`,
  };
}

// Recognised by shape: the author's module may have thrown the error of another copy of our code.
function readFacts(thrown: unknown): { code: string; message: string; reason: string } | undefined {
  if (!(thrown instanceof Error) || thrown.name !== 'TowpathError') return undefined;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  const reason = 'reason' in thrown && typeof thrown.reason === 'string' ? thrown.reason : thrown.message;
  return code === undefined ? undefined : { code, message: thrown.message, reason };
}

function formatThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `thrown: ${String(thrown)}`;
}

function findPlace(thrown: unknown, folder: string): Place | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return findSyntaxPlace(stack) ?? findFrame(stack, folder);
}

// Node begins the stack of a syntax error with `path:line`, some lines of source and a row of `^` under the culprit.
function findSyntaxPlace(stack: string): Place | undefined {
  const head = /^(?:file:\/\/)?(\/.+):(\d+)\n(?:.*\n){1,4}?( *)\^/.exec(stack);
  if (head?.[1] === undefined) return undefined;
  return { path: decodeURI(head[1]), line: Number(head[2]), column: (head[3]?.length ?? 0) + 1 };
}

function findFrame(stack: string, folder: string): Place | undefined {
  for (const [, url = '', line, column] of stack.matchAll(/(file:\/\/\/[^\s)]+?):(\d+):(\d+)/g)) {
    const path = fileURLToPath(url);
    if (path.startsWith(folder + sep) && !path.includes(`${sep}node_modules${sep}`)) {
      return { path, line: Number(line), column: Number(column) };
    }
  }
  return undefined;
}

function formatPlace({ path, line, column }: Place, folder: string): string {
  const where = `${relative(folder, path)}:${line}${column === undefined ? '' : `:${column}`}`;
  const source = readLine(path, line);
  return source === undefined ? where : `${where}\n  ${line} | ${source}`;
}

function readLine(path: string, line: number): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')[line - 1]?.trimEnd().slice(0, 200);
  } catch {
    // The file was renamed while it was evaluated; its name and line still say where.
    return undefined;
  }
}
