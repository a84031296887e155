// Node's own modules for the task runner. An `import` of one asks for all of its exports, which loads what stands behind
// each of them: streams, workers and readline behind `node:fs` and `node:util`, half of a runner's start.

interface NodeModules {
  readonly 'node:fs': typeof import('node:fs');
  readonly 'node:module': typeof import('node:module');
  readonly 'node:path': typeof import('node:path');
  readonly 'node:url': typeof import('node:url');
  readonly 'node:util': typeof import('node:util');
}

/** A module of Node; what lies behind its exports is loaded when they are used. */
export function getNodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  return process.getBuiltinModule(name);
}
