// Whether this process is a task runner: the author's module carries a copy of this file of its own, so it is told by a symbol.

const KEY = Symbol.for('towpath.isTaskRunner');

/** Tells the copies of this file that they run in a task runner. */
export function noteTaskRunner(): void {
  Reflect.set(globalThis, KEY, true);
}

/** Whether `noteTaskRunner` was called in this process. */
export function isInTaskRunner(): boolean {
  return Reflect.get(globalThis, KEY) === true;
}
