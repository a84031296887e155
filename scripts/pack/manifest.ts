/** What of packages/cli/package.json reaches the published one. */
export interface SourceManifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  /** Of the agent: esbuild, which bundles the code of TypeScript tasks, is a program and stays one. */
  readonly esbuild: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** The package.json of the published package: no install scripts, no dependencies but programs: PostgreSQL and esbuild. */
export function createManifest(source: SourceManifest): Readonly<Record<string, unknown>> {
  return {
    name: 'towpath',
    version: source.version,
    description: source.description,
    license: source.license,
    type: 'module',
    // The launcher brings a newer Node into the project when this one is older than 24.
    engines: { node: '>=12' },
    bin: source.bin,
    exports: { '.': { types: './dist/types/cli/sdk.d.ts', default: './dist/sdk.js' } },
    dependencies: { esbuild: source.esbuild },
    optionalDependencies: source.optionalDependencies,
  };
}
