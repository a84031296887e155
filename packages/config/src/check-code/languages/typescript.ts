// Strings of TypeScript and JavaScript, from the syntax tree. Names of modules, of members and of types are no values.
import { z } from 'zod';
import { createLocator, type ListLiterals, type Literal } from '../literal.ts';
import { listValueParts, parseTypeScript, readSyntaxNode, type SyntaxNode } from './typescript-tree.ts';

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

/** Strings and the plain parts of templates. */
export const listTypeScriptLiterals: ListLiterals = (source) => {
  const locate = createLocator(source);
  const found: Literal[] = [];
  const waiting: unknown[] = [parseTypeScript(source)];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (Array.isArray(value)) waiting.push(...value.filter(isObject));
    const node = readSyntaxNode(value);
    if (node === undefined) continue;
    const text = readText(node);
    if (text !== undefined) found.push({ text, ...locate(node.start) });
    waiting.push(...listChildren(node));
  }
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
};

function readText({ type, value }: SyntaxNode): string | undefined {
  if (type === 'StringLiteral') return typeof value === 'string' ? value : undefined;
  if (type === 'JSXText') return typeof value === 'string' ? value : undefined;
  if (type !== 'TemplateElement') return undefined;
  return z.object({ cooked: z.string() }).safeParse(value).data?.cooked;
}

function listChildren(node: SyntaxNode): readonly unknown[] {
  return listValueParts(node).flatMap(([name, part]) => (NO_CHILDREN.has(name) ? [] : [part]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
