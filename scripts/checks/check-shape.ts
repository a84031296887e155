// Limits a reader feels: file length, function length and nesting, names that say nothing, unfinished notes.

import { isNode, lineAt, listChildren, type SourceFile, type SyntaxNode, walk } from './source-file.ts';

export interface ShapeLimits {
  readonly functionLinesMedian: number;
  readonly functionLinesNinthDecile: number;
}

const FILE_LINES = 300;
const TEST_FILE_LINES = 600;
const FUNCTION_LINES = 60;
const NESTING = 3;

/** Shorter functions would only pull the median down. */
const COUNTED_FROM_LINES = 3;

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const NESTING_STATEMENTS = new Set([
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'TryStatement',
]);

const EMPTY_NAMES = /(^|\/)(utils?|helpers?|common|misc|manager|service)\.tsx?$/;

/** One line per broken limit, empty when all hold. */
export function checkShape(files: readonly SourceFile[], limits: ShapeLimits): string[] {
  const sources = files.filter((file) => !file.isTest);
  const functions = sources.flatMap(measureFunctions);
  return [
    ...files.flatMap(checkFile),
    ...functions.flatMap(checkFunction),
    ...sources.flatMap(checkProcessExit),
    ...checkDistribution(functions, limits),
  ];
}

function checkFile(file: SourceFile): string[] {
  const lines = file.text.split('\n').length - 1;
  const limit = file.isTest ? TEST_FILE_LINES : FILE_LINES;
  const problems: string[] = [];
  if (lines > limit) problems.push(`${file.path}: ${lines} lines, the limit is ${limit}`);
  if (EMPTY_NAMES.test(file.path)) problems.push(`${file.path}: a name that says nothing`);
  for (const comment of file.comments) {
    if (/\b(TODO|FIXME|XXX)\b(?!\s*\(?#\d+)/.test(comment.value)) {
      problems.push(`${file.path}:${lineAt(file.text, comment.start)}: unfinished note without an issue number`);
    }
  }
  return problems;
}

interface FunctionShape {
  readonly place: string;
  readonly lines: number;
  readonly nesting: number;
}

function measureFunctions(file: SourceFile): FunctionShape[] {
  const found: FunctionShape[] = [];
  walk(file.program, (node, parents) => {
    const body = node.body;
    if (!FUNCTIONS.has(node.type) || !isNode(body) || isInlineCallback(node, parents)) return;
    const first = lineAt(file.text, node.start);
    const lines = lineAt(file.text, node.end) - first + 1;
    if (lines >= COUNTED_FROM_LINES)
      found.push({ place: `${file.path}:${first}`, lines, nesting: measureNesting(body) });
  });
  return found;
}

/** A callback handed over as an argument belongs to the function it stands in. */
function isInlineCallback(node: SyntaxNode, parents: readonly SyntaxNode[]): boolean {
  return node.type !== 'FunctionDeclaration' && parents.at(-1)?.type === 'CallExpression';
}

function measureNesting(node: SyntaxNode, parent?: SyntaxNode): number {
  const isElseIf = node.type === 'IfStatement' && parent?.type === 'IfStatement' && parent.alternate === node;
  const own = NESTING_STATEMENTS.has(node.type) && !isElseIf ? 1 : 0;
  const below = listChildren(node)
    .filter((child) => !FUNCTIONS.has(child.type))
    .map((child) => measureNesting(child, node));
  return own + Math.max(0, ...below);
}

function checkFunction(shape: FunctionShape): string[] {
  const problems: string[] = [];
  if (shape.lines > FUNCTION_LINES) problems.push(`${shape.place}: function of ${shape.lines} lines, the limit is 60`);
  if (shape.nesting > NESTING) problems.push(`${shape.place}: nested ${shape.nesting} deep, the limit is ${NESTING}`);
  return problems;
}

function checkDistribution(functions: readonly FunctionShape[], limits: ShapeLimits): string[] {
  const lines = functions.map((shape) => shape.lines).sort((a, b) => a - b);
  const at = (share: number): number => lines[Math.floor(lines.length * share)] ?? 0;
  const problems: string[] = [];
  if (at(0.5) > limits.functionLinesMedian) problems.push(`median function has ${at(0.5)} lines`);
  if (at(0.9) > limits.functionLinesNinthDecile) problems.push(`a tenth of the functions has over ${at(0.9)} lines`);
  return problems;
}

/** Only the executable and the task runner may end their process; elsewhere an exit skips what others still have to write. */
function checkProcessExit(file: SourceFile): string[] {
  if (/^(packages\/cli|packages\/sdk\/src\/task-runner|scripts)\//.test(file.path)) return [];
  const problems: string[] = [];
  walk(file.program, (node) => {
    const text = node.type === 'MemberExpression' ? file.text.slice(node.start, node.end) : '';
    if (text === 'process.exit')
      problems.push(`${file.path}:${lineAt(file.text, node.start)}: process.exit outside cli`);
  });
  return problems;
}
