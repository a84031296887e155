/** Where in the manifest, and what. */
export interface ManifestFinding {
  readonly key: readonly (string | number)[];
  readonly message: string;
}
