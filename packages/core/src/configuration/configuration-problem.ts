// A rule that an environment's configuration broke. All are found before any is told.
import type { Place } from './place.ts';

/** One finding; `received` is masked, and no text of it holds a secret. */
export interface ConfigProblem {
  readonly code: string;
  /** The rule in a word: `type`, `pattern`, `owner`, the name of a guard. */
  readonly rule: string;
  readonly environment: string;
  readonly variable?: string | undefined;
  readonly place?: Place | undefined;
  readonly expected: string;
  readonly received?: string | undefined;
  /** Begins with `[ENV]`. */
  readonly message: string;
  readonly fix: string;
  /** Page and anchor, relative to docs/. */
  readonly docs: string;
}
