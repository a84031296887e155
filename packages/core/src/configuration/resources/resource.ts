// What a value names, as far as somebody can own it.
import type { OwnedKind } from '../declaration.ts';

/**
 * `place`: where data lies or a service answers; someone has to own it. `inside`: part of such a place, and covered by it
 * where the environment owns the place. `actor`: who acts there; only refused when another environment owns it.
 */
export type ResourceRole = 'place' | 'inside' | 'actor';

/** One thing that a value names. `names` are ways to write the same: `db.example`, `db.example:5432`. */
export interface Resource {
  readonly kind: OwnedKind;
  readonly names: readonly string[];
  readonly role: ResourceRole;
}

/** Resources of a value, or what a value of its type looks like. */
export type ParsedValue = { readonly resources: readonly Resource[] } | { readonly expected: string };
