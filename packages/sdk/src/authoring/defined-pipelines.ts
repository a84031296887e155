// Which pipelines with functions were defined in this process. The code server compares: one that no module exports
// could never be found again by the runner, and would be missing without a word.

// Global: the code server and the author's module may each have loaded their own copy of this file.
const KEY = Symbol.for('towpath.pipelinesWithFunctions');

/** Remembers that a pipeline with functions was defined. */
export function noteDefined(pipeline: string): void {
  const names = listNames();
  names.add(pipeline);
  Reflect.set(globalThis, KEY, names);
}

/** Names of the pipelines with functions that were defined so far. */
export function listDefined(): readonly string[] {
  return [...listNames()];
}

function listNames(): Set<string> {
  const found: unknown = Reflect.get(globalThis, KEY);
  return new Set(found instanceof Set ? [...found].map(String) : []);
}
