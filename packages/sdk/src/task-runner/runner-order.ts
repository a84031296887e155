// What a runner is told, in one line of JSON on its standard input, or in a file that it is given as argument and deletes; agent
// and runner agree on it here.

/** One attempt of a TypeScript task. All paths are absolute. */
export interface RunnerOrder {
  /** All of the attempt's variables, the contract's included; on standard input they replace what the runner was started with. */
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly workFolder: string;
  /** Holds the files of the bundle. */
  readonly bundleFolder: string;
  /** Pipeline module as the graph names it: `pipelines/daily.ts`. */
  readonly module: string;
  /** Name under which the module exports the pipeline. */
  readonly export: string;
  readonly taskId: string;
}

/** Where a bundle has a pipeline module. `.mjs`, so that no package.json above the bundle decides what it is. */
export function toBundledPath(module: string): string {
  return `${module}.mjs`;
}
