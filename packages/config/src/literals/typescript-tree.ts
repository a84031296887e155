// The syntax tree of TypeScript and JavaScript as far as its strings are looked for: which of its parts can hold a value.
import { parse } from '@babel/parser';
import { z } from 'zod';

/** What is read of a node of the tree; the rest is only walked through. */
const Node = z.looseObject({ type: z.string(), start: z.number(), end: z.number() });

export type SyntaxNode = z.infer<typeof Node>;

/** Children whose strings are names of modules, of members or of types, not values. */
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
  TSEnumMember: ['id'],
  TSImportType: ['argument', 'source'],
};

/** Parses a source, as far as it can be. @throws SyntaxError when nothing can be made of it */
export function parseTypeScript(source: string): unknown {
  return parse(source, { sourceType: 'unambiguous', errorRecovery: true, plugins: ['typescript', 'jsx'] }).program;
}

/** A node of the tree; undefined for anything else that lies in it. */
export function readSyntaxNode(value: unknown): SyntaxNode | undefined {
  return Node.safeParse(value).data;
}

/** The parts of a node that can hold values, by name. */
export function listValueParts(node: SyntaxNode): readonly (readonly [name: string, part: object])[] {
  const skipped = node.computed === true ? [] : (NO_VALUES[node.type] ?? []);
  return Object.entries(node).flatMap(([name, part]) =>
    typeof part === 'object' && part !== null && !skipped.includes(name) ? [[name, part] as const] : [],
  );
}
