// Strings of TypeScript and JavaScript by their places, from the syntax tree. Names of modules, of members and of types are
// no values.
import { z } from 'zod';
import type { SourceRange, SourceText } from './source-text.ts';
import { listValueParts, parseTypeScript, readSyntaxNode, type SyntaxNode } from './typescript-tree.ts';

/** A string, a whole template, one of its plain parts, or text of markup. */
export interface TypeScriptString extends SourceText {
  readonly kind: 'string' | 'template' | 'templatePart' | 'markup';
  /** Without escapes; undefined for a whole template, and for a part that no string could be. */
  readonly text: string | undefined;
  /** The `${…}` of a template. */
  readonly holes: readonly SourceRange[];
  /** It is the value of an attribute of markup, or within one. */
  readonly isAttribute: boolean;
}

/** Parts of a node that hold no child. */
const NO_CHILDREN = new Set([
  'loc',
  'extra',
  'leadingComments',
  'trailingComments',
  'innerComments',
  'errors',
  'tokens',
  'comments',
]);

interface Waiting {
  readonly value: unknown;
  readonly isAttribute: boolean;
}

/** Lists them in the order of the source. @throws SyntaxError when nothing can be made of it */
export function listTypeScriptStrings(source: string): readonly TypeScriptString[] {
  const found: TypeScriptString[] = [];
  // A list instead of recursion: a sum of ten thousand texts is a tree as deep.
  const waiting: Waiting[] = [{ value: parseTypeScript(source), isAttribute: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, isAttribute } = next;
    if (Array.isArray(value)) waiting.push(...value.filter(isObject).map((item) => ({ value: item, isAttribute })));
    const node = readSyntaxNode(value);
    if (node === undefined) continue;
    const string = toTypeScriptString(node, isAttribute);
    if (string !== undefined) found.push(string);
    const isWithin = isAttribute || node.type === 'JSXAttribute';
    waiting.push(...listChildren(node).map((child) => ({ value: child, isAttribute: isWithin })));
  }
  return found.sort((a, b) => a.outerStart - b.outerStart || b.outerEnd - a.outerEnd);
}

function toTypeScriptString(node: SyntaxNode, isAttribute: boolean): TypeScriptString | undefined {
  const { type, start, end, value } = node;
  const quoted = { start: start + 1, end: end - 1, outerStart: start, outerEnd: end, holes: [], isAttribute };
  const bare = { ...quoted, start, end };
  const text = typeof value === 'string' ? value : undefined;
  switch (type) {
    case 'StringLiteral':
      return { ...quoted, kind: 'string', text };
    case 'TemplateLiteral':
      return { ...quoted, kind: 'template', text: undefined, holes: listHoles(node) };
    case 'TemplateElement':
      return { ...bare, kind: 'templatePart', text: z.object({ cooked: z.string() }).safeParse(value).data?.cooked };
    case 'JSXText':
      return { ...bare, kind: 'markup', text };
    default:
      return undefined;
  }
}

function listHoles({ expressions }: SyntaxNode): readonly SourceRange[] {
  const holes = (Array.isArray(expressions) ? expressions : []).flatMap((hole) => readSyntaxNode(hole) ?? []);
  return holes.map((hole) => [hole.start - 2, hole.end + 1] as const);
}

function listChildren(node: SyntaxNode): readonly unknown[] {
  return listValueParts(node).flatMap(([name, part]) => (NO_CHILDREN.has(name) ? [] : [part]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
