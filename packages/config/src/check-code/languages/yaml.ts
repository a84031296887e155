// Values of YAML, all documents of a file. Keys are no values: a file may well have a part for each environment.
import { isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { ListLiterals, Literal } from '../literal.ts';

/** Scalars that are texts and no keys. */
export const listYamlLiterals: ListLiterals = (source) => {
  const lines = new LineCounter();
  const found: Literal[] = [];
  for (const document of parseAllDocuments(source, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })) {
    if (!('contents' in document)) continue;
    const [error] = document.errors;
    if (error !== undefined) throw new Error(error.message);
    visit(document, {
      Scalar: (key, node) => {
        if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
        const { line, col } = lines.linePos(node.range?.[0] ?? 0);
        found.push({ text: node.value, line, column: col });
      },
    });
  }
  return found;
};
