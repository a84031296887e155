import type { DeclaredText } from '@towpath/core';
import type { YamlPath, YamlTree } from './yaml-tree.ts';

/** A scalar as it is written, with its place; undefined when there is none. */
export function findText(tree: YamlTree, path: YamlPath): DeclaredText | undefined {
  const text = tree.textOf(path);
  return text === undefined ? undefined : { text, place: tree.placeOf(path) };
}
