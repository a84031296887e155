// Strings of TypeScript and JavaScript, from the syntax tree. Names of modules, of members and of types are no values.
import { parse } from '@babel/parser';
import { z } from 'zod';
import { createLocator, type ListLiterals, type Literal } from '../literal.ts';

/** What is read of a node of the tree; the rest is only walked through. */
const Node = z.looseObject({ type: z.string(), start: z.number(), end: z.number() });

type SyntaxNode = z.infer<typeof Node>;

/** Children whose strings are not values. */
const NO_VALUES: Readonly<Record<string, readonly string[]>> = {
  ImportDeclaration: ['source', 'attributes'],
  ExportNamedDeclaration: ['source', 'attributes'],
  ExportAllDeclaration: ['source', 'attributes'],
  ImportExpression: ['source'],
  ObjectProperty: ['key'],
  ObjectMethod: ['key'],
  ClassProperty: ['key'],
  ClassMethod: ['key'],
  TSPropertySignature: ['key'],
  TSLiteralType: ['literal'],
  TSImportType: ['argument', 'source'],
};

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
  const { program } = parse(source, { sourceType: 'unambiguous', plugins: ['typescript', 'jsx'], errorRecovery: true });
  const found: Literal[] = [];
  const waiting: unknown[] = [program];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (Array.isArray(value)) waiting.push(...value.filter(isObject));
    const node = Node.safeParse(value).data;
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
  const skipped = node.computed === true ? [] : (NO_VALUES[node.type] ?? []);
  return Object.entries(node).flatMap(([name, child]) =>
    isObject(child) && !NO_CHILDREN.has(name) && !skipped.includes(name) ? [child] : [],
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
