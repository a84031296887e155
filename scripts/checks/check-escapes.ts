// Escapes from the type system are promises the compiler can't keep for us: no `any`, no suppression, few casts.

import { isNode, lineAt, type SourceFile, walk } from './source-file.ts';

/** Lines with code, tests left out, that casts and non-null assertions are counted against. */
interface EscapeCount {
  readonly casts: number;
  readonly codeLines: number;
}

/** One line per `any` or suppression, and one when there are more casts than the limit allows. */
export function checkEscapes(files: readonly SourceFile[], limits: { readonly castsPer1000Lines: number }): string[] {
  const sources = files.filter((file) => !file.isTest && !file.path.startsWith('scripts/'));
  const { casts, codeLines } = countEscapes(sources);
  const rate = (casts / Math.max(codeLines, 1)) * 1000;
  const tooMany =
    rate > limits.castsPer1000Lines
      ? [
          `${casts} casts and \`!\` in ${codeLines} lines: ${rate.toFixed(1)} per 1,000, over ${limits.castsPer1000Lines}`,
        ]
      : [];
  return [...sources.flatMap(listForbidden), ...tooMany];
}

/** Counts casts (not `as const`) and non-null assertions, and the lines that hold more than blanks and comments. */
function countEscapes(files: readonly SourceFile[]): EscapeCount {
  const counts = files.map((file) => ({ casts: listCasts(file).length, codeLines: countCodeLines(file) }));
  const sum = (field: keyof EscapeCount): number => counts.reduce((total, count) => total + count[field], 0);
  return { casts: sum('casts'), codeLines: sum('codeLines') };
}

/** Where the casts stand, as `path:line`. */
function listCasts(file: SourceFile): string[] {
  const found: string[] = [];
  walk(file.program, (node) => {
    const isCast = node.type === 'TSAsExpression' || node.type === 'TSTypeAssertion';
    const isConst = isNode(node.typeAnnotation) && textOf(file, node.typeAnnotation) === 'const';
    if ((isCast && !isConst) || node.type === 'TSNonNullExpression') {
      found.push(`${file.path}:${lineAt(file.text, node.start)}`);
    }
  });
  return found;
}

function listForbidden(file: SourceFile): string[] {
  const found: string[] = [];
  walk(file.program, (node) => {
    if (node.type === 'TSAnyKeyword') found.push(`${file.path}:${lineAt(file.text, node.start)}: any`);
  });
  for (const comment of file.comments) {
    if (/@ts-(ignore|nocheck|expect-error)/.test(comment.value)) {
      found.push(`${file.path}:${lineAt(file.text, comment.start)}: compiler suppression`);
    }
  }
  return found;
}

function textOf(file: SourceFile, node: { readonly start: number; readonly end: number }): string {
  return file.text.slice(node.start, node.end);
}

function countCodeLines(file: SourceFile): number {
  let code = file.text;
  // From the back, so that earlier positions stay true.
  for (const comment of [...file.comments].reverse()) {
    const newlines = code.slice(comment.start, comment.end).replace(/[^\n]/g, '');
    code = code.slice(0, comment.start) + newlines + code.slice(comment.end);
  }
  return code.split('\n').filter((line) => line.trim() !== '').length;
}
