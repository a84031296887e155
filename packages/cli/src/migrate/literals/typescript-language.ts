// Strings of TypeScript and JavaScript, found in the syntax tree. A value becomes `config.NAME`, or a template around it.
import { listValueParts, parseTypeScript, readSyntaxNode, type SyntaxNode } from '@towpath/config/typescript-tree';
import type { Edit, Insertion, Literal, LiteralLanguage } from './literal.ts';

/** TypeScript, whose variables are members of `config`; `importLine` makes that name known. */
export function createTypeScriptLanguage(importLine: string): LiteralLanguage {
  return {
    listLiterals,
    rewrite,
    finish: (source) => (/\bimport\b[^;]*\{[^}]*\bconfig\b/.test(source) ? [] : [addImport(source, importLine)]),
  };
}

function listLiterals(source: string): readonly Literal[] {
  const literals: Literal[] = [];
  walk(parseTypeScript(source), literals);
  return literals;
}

function walk(value: unknown, literals: Literal[]): void {
  if (Array.isArray(value)) for (const item of value) walk(item, literals);
  const node = readSyntaxNode(value);
  if (node === undefined) return;
  const literal = toLiteral(node);
  if (literal) literals.push(literal);
  for (const [, part] of listValueParts(node)) walkChild(node, part, literals);
}

function walkChild(node: SyntaxNode, child: unknown, literals: Literal[]): void {
  const before = literals.length;
  walk(child, literals);
  if (node.type !== 'JSXAttribute') return;
  const within = literals.splice(before);
  literals.push(...within.map((literal) => ({ ...literal, byHand: 'it is an attribute of markup' })));
}

function toLiteral({ type, start, end, expressions }: SyntaxNode): Literal | undefined {
  const place = { start: start + 1, end: end - 1, outerStart: start, outerEnd: end };
  if (type === 'StringLiteral') return { ...place, holes: [] };
  if (type !== 'TemplateLiteral') return undefined;
  const holes = (Array.isArray(expressions) ? expressions : []).flatMap((hole) => readSyntaxNode(hole) ?? []);
  return { ...place, holes: holes.map((hole) => [hole.start - 2, hole.end + 1] as const) };
}

function rewrite(source: string, literal: Literal, insertions: readonly Insertion[]): readonly Edit[] | string {
  const { start, end, outerStart, outerEnd } = literal;
  const [only] = insertions;
  if (only?.start === start && only.end === end)
    return [{ start: outerStart, end: outerEnd, text: `config.${only.variable}` }];
  const edits = insertions.map(({ variable, ...place }) => ({ ...place, text: `\${config.${variable}}` }));
  if (source[outerStart] === '`') return edits;
  if (/[\\`]|\$\{/.test(source.slice(start, end))) return 'it holds signs that mean something else in a template';
  const quotes = [
    { start: outerStart, end: start, text: '`' },
    { start: end, end: outerEnd, text: '`' },
  ];
  return [...quotes, ...edits];
}

function addImport(source: string, importLine: string): Edit {
  const first = /^import\s/m.exec(source);
  if (first) return { start: first.index, end: first.index, text: `${importLine}\n` };
  const head = /^(?:#![^\n]*\n)?(?:\/\/[^\n]*\n|\s*\n)*/.exec(source)?.[0].length ?? 0;
  return { start: head, end: head, text: `${importLine}\n\n` };
}
