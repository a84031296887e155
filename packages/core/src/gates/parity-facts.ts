// What the gate `parity` is judged by: the declarations of a release beside those of the environment that it shall come into.

/** How they compare. Subjects are named as towpath.yaml names them: `variables.REGION`, `targets.lake`, `sizing.retentionDays`. */
export type ParityFacts =
  /** The release was recorded when declarations were not kept. */
  | { readonly state: 'unrecorded' }
  /** Its project declares no environments: there is nothing to compare. */
  | { readonly state: 'none' }
  /** Its project declares environments, and not this one. */
  | { readonly state: 'undeclared' }
  | ComparedDeclarations;

/** Both are there. */
export interface ComparedDeclarations {
  readonly state: 'compared';
  /** What the release declares, and the environment does not. */
  readonly lacking: readonly string[];
  /** What both declare, and otherwise. */
  readonly otherwise: readonly string[];
  /** Variables that must have a value, and have none that anybody told of. */
  readonly unset: readonly string[];
  /** The environment before it, in the order that the release declares; null: it is the first. */
  readonly before: string | null;
  /** In what the release lets the two differ although its parity does not allow it. */
  readonly differences: readonly string[];
  /** Whether the values of both were in the commit, and so compared as well. */
  readonly areValuesCompared: boolean;
}
