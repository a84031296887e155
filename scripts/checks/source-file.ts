// The TypeScript of the repository, parsed once for all checks. TypeScript 7 has no stable JavaScript API and
// dependency-cruiser 18 cannot read its sources, so oxc-parser (the parser inside vite and knip) does it.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** A node of the ESTree that oxc-parser gives; its further fields depend on `type`. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface SourceComment {
  readonly type: 'Line' | 'Block';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface SourceFile {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  readonly program: SyntaxNode;
  readonly comments: readonly SourceComment[];
  /** Everything imported or re-exported from, types and `import()` with a literal included. */
  readonly imports: readonly string[];
}

/** Parses every TypeScript file that git knows or would add. Throws on a syntax error, naming the file. */
export function readSourceFiles(): SourceFile[] {
  const patterns = ['*.ts', '*.tsx'];
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate', ...patterns], {
    encoding: 'utf8',
  });
  return list.split('\n').flatMap((path) => {
    const text = path === '' ? undefined : readIfPresent(path);
    return text === undefined ? [] : [parseSource(path, text)];
  });
}

/** Calls `visit` for `node` and everything below it, parents first, with the chain of parents (nearest last). */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void,
  parents: readonly SyntaxNode[] = [],
): void {
  visit(node, parents);
  for (const child of listChildren(node)) walk(child, visit, [...parents, node]);
}

/** The nodes directly below `node`, in the order of its fields. */
export function listChildren(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));
}

/** Whether `value` is a node of the syntax tree. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The line (from 1) in which `position` lies. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Parses one file; `path` decides about JSX. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, comments, module, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  if (!isNode(program)) throw new Error(`${path}: the parser gave no tree`);
  const written = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.map((part) => part.moduleRequest?.value)),
    ...module.dynamicImports.map((entry) => readLiteral(text, entry.moduleRequest)),
  ];
  const imports = [...new Set(written.filter((name) => typeof name === 'string'))];
  return { path, text, isTest: /\.test\.tsx?$/.test(path), program, comments, imports };
}

function readLiteral(text: string, range: { start: number; end: number }): string | undefined {
  return /^['"](.+)['"]$/.exec(text.slice(range.start, range.end))?.[1];
}

/** A file deleted but still in the index is not part of the tree any more. */
function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
