// Texts of YAML by their places, of all documents of a file. Keys are none: a file may well have a part for each environment.
import { isPair, isScalar, parseAllDocuments, type Scalar, visit } from 'yaml';
import type { SourceText } from './source-text.ts';

/** A scalar that is a text and no key. */
export interface YamlText extends SourceText {
  readonly text: string;
  /** The keys it stands below, the outermost first. */
  readonly keys: readonly string[];
  readonly isQuoted: boolean;
  /** Of several lines, behind `|` or `>`. */
  readonly isBlock: boolean;
}

/** What is read of a file. */
export interface YamlTexts {
  readonly texts: readonly YamlText[];
  /** The first thing that is no YAML; the texts are those that could be made out all the same. */
  readonly problem: string | undefined;
}

/** Lists them in order. */
export function listYamlTexts(source: string): YamlTexts {
  const texts: YamlText[] = [];
  const documents = parseAllDocuments(source, { prettyErrors: false, logLevel: 'silent' });
  const all = Array.isArray(documents) ? documents : [];
  for (const document of all)
    visit(document, {
      Scalar: (key, node, path) => {
        if (key === 'key') return;
        const keys = path.flatMap((step) => (isPair(step) && isScalar(step.key) ? [String(step.key.value)] : []));
        const text = toText(source, node, keys);
        if (text) texts.push(text);
      },
    });
  return { texts, problem: all.flatMap(({ errors }) => errors)[0]?.message };
}

function toText(source: string, { value, range, type }: Scalar, keys: readonly string[]): YamlText | undefined {
  if (typeof value !== 'string' || !range) return undefined;
  const [outerStart, outerEnd] = range;
  const isQuoted = /^["']/.test(source.slice(outerStart, outerStart + 1));
  const place = isQuoted ? { start: outerStart + 1, end: outerEnd - 1 } : { start: outerStart, end: outerEnd };
  const isBlock = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
  return { ...place, outerStart, outerEnd, text: value, keys, isQuoted, isBlock };
}
