// The YAML of a project with the place of every key: parsed once, asked by path.
import type { Place } from '@towpath/core';
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** Keys and indexes from the root of a document. */
export type YamlPath = readonly (string | number)[];

/** A document that can say where its parts stand. */
export interface YamlTree {
  /** The document as plain values. */
  readonly value: unknown;
  /** Place of a key; of the nearest key above it when there is none. */
  placeOf(path: YamlPath): Place;
  /** A scalar's text as it is written: `1.10` stays `1.10`. Undefined where there is no scalar. */
  textOf(path: YamlPath): string | undefined;
}

/** What YAML itself refused. */
export interface YamlProblem {
  readonly message: string;
  readonly place: Place;
}

interface Entry {
  readonly key: Node | undefined;
  readonly value: unknown;
}

/** Parses a document. Anchors may stand for at most 100 copies each, so that a small file can't become a huge value. */
export function parseYamlTree(file: string, text: string): YamlTree | { readonly problems: readonly YamlProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const toPlace = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ message, pos }) => ({ message, place: toPlace(pos[0]) })) };
  }
  const value = toPlain(document);
  if ('message' in value) return { problems: [{ message: value.message, place: toPlace(value.offset) }] };
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const entriesOf = createEntryIndex();
  const find = (path: YamlPath): Entry[] => {
    const found: Entry[] = [{ key: undefined, value: resolve(document.contents) }];
    for (const part of path) {
      const entry = entriesOf(found.at(-1)?.value).get(String(part));
      if (entry === undefined) break;
      found.push({ key: entry.key, value: resolve(entry.value) });
    }
    return found;
  };
  return {
    value: value.plain,
    placeOf: (path) => toPlace(find(path).at(-1)?.key?.range?.[0] ?? 0),
    textOf: (path) => {
      const found = find(path);
      return found.length === path.length + 1 ? toText(found.at(-1)?.value) : undefined;
    },
  };
}

type Plain = { readonly plain: unknown } | { readonly message: string; readonly offset: number };

function toPlain(document: ReturnType<typeof parseDocument>): Plain {
  // Plain objects lose such a key, and nobody would be told that an environment of that name is not there.
  let hidden: number | undefined;
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '__proto__') hidden ??= key.range?.[0] ?? 0;
    },
  });
  if (hidden !== undefined) return { message: 'A key can not be called __proto__', offset: hidden };
  try {
    return { plain: document.toJS({ maxAliasCount: 100 }) };
  } catch (thrown) {
    return { message: thrown instanceof Error ? thrown.message : String(thrown), offset: 0 };
  }
}

function toText(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  // A string's source holds escapes; of a number or a boolean it is what the author wrote.
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

// The library searches a map's pairs one by one; 1,000 variables would be looked through 1,000 times.
function createEntryIndex(): (node: unknown) => ReadonlyMap<string, Entry> {
  const known = new WeakMap<object, ReadonlyMap<string, Entry>>();
  return (node) => {
    if (!isMap(node) && !isSeq(node)) return NO_ENTRIES;
    const entries = known.get(node) ?? new Map(listEntries(node));
    known.set(node, entries);
    return entries;
  };
}

const NO_ENTRIES: ReadonlyMap<string, Entry> = new Map();

function listEntries(node: YAMLMap | YAMLSeq): readonly (readonly [string, Entry])[] {
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) =>
      isScalar(key) ? [[String(key.value), { key, value }] as const] : [],
    );
  }
  return node.items.map((value, index) => [String(index), { key: isNode(value) ? value : undefined, value }]);
}
