// Every exported function has a doc comment: shapes, units, errors.

import { isNode, lineAt, type SourceFile, type SyntaxNode } from './source-file.ts';

interface Declared {
  readonly name: string;
  readonly start: number;
}

/** One line per exported function without a doc comment right above it. An overload's comment serves them all. */
export function checkDocumented(files: readonly SourceFile[]): string[] {
  return files.filter((file) => !file.isTest).flatMap(checkFile);
}

function checkFile(file: SourceFile): string[] {
  const body = Array.isArray(file.program.body) ? file.program.body.filter(isNode) : [];
  const declared = body.flatMap(listExportedFunctions);
  const documented = new Set(declared.filter((entry) => hasDocComment(file, entry.start)).map((entry) => entry.name));
  const missing = new Map(declared.filter((entry) => !documented.has(entry.name)).map((entry) => [entry.name, entry]));
  return [...missing.values()].map(
    (entry) => `${file.path}:${lineAt(file.text, entry.start)}: exported function ${entry.name} has no doc comment`,
  );
}

function listExportedFunctions(statement: SyntaxNode): Declared[] {
  const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
  const { declaration } = statement;
  if (!isExport || !isNode(declaration)) return [];
  const { start } = statement;
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'TSDeclareFunction') {
    return [{ name: nameOf(declaration.id) ?? 'default', start }];
  }
  const declarators = Array.isArray(declaration.declarations) ? declaration.declarations.filter(isNode) : [];
  return declarators.flatMap((entry) => {
    const isFunction = isNode(entry.init) && /^(Arrow)?Function(Expression)?$/.test(entry.init.type);
    return isFunction ? [{ name: nameOf(entry.id) ?? 'default', start }] : [];
  });
}

function nameOf(id: unknown): string | undefined {
  return isNode(id) && typeof id.name === 'string' ? id.name : undefined;
}

function hasDocComment(file: SourceFile, start: number): boolean {
  return file.comments.some(
    (comment) =>
      comment.type === 'Block' &&
      comment.value.startsWith('*') &&
      comment.end <= start &&
      file.text.slice(comment.end, start).trim() === '',
  );
}
