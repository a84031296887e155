// What an environment's variables come to, and everything that is wrong with them.
import type { ConfigProblem } from './configuration-problem.ts';
import type { EnvironmentDeclaration, TargetDeclaration } from './declaration.ts';
import type { Place } from './place.ts';
import type { Resource } from './resources/resource.ts';
import type { SecretReference } from './secret-reference.ts';
import type { ValueType } from './value-type.ts';

/**
 * Where a value can come from, the strongest first (`process` and `envFile` change places with `fileWins`). `dev` is what
 * `towpath dev` brings to `local` itself: its warehouse, its mock.
 */
export const VALUE_SOURCES = [
  'dev',
  'flag',
  'process',
  'envFile',
  'project',
  'default',
  'computed',
  'derived',
] as const;

export type ValueSource = (typeof VALUE_SOURCES)[number];

/** A value of a source that a stronger one stands above. */
export interface OverriddenValue {
  readonly source: ValueSource;
  readonly text: string;
  readonly place?: Place | undefined;
}

/** One variable of an environment. `text` may be secret: whoever shows it uses `describeValue`. */
export interface ResolvedValue {
  readonly name: string;
  readonly text: string;
  /** The declaration says so, or a secret went into it. */
  readonly isSecret: boolean;
  readonly secretReference?: SecretReference | undefined;
  readonly source: ValueSource;
  readonly place?: Place | undefined;
  readonly type: ValueType;
  /** What it met, by name: `type`, `pattern`, `owner`, a guard. */
  readonly rules: readonly string[];
  readonly overridden: readonly OverriddenValue[];
  /** What it names, as far as it can be owned. Empty for a reference, whose value nobody knows yet. */
  readonly resources: readonly Resource[];
}

/** An environment's configuration. Use it only when `problems` is empty. */
export interface ResolvedConfiguration {
  readonly environment: EnvironmentDeclaration;
  /** Derived names first, then variables in the order of the file. */
  readonly values: ReadonlyMap<string, ResolvedValue>;
  /** With their texts filled in; a password is a reference still. */
  readonly targets: ReadonlyMap<string, TargetDeclaration>;
  readonly problems: readonly ConfigProblem[];
  /** Worth knowing; they stop nothing. */
  readonly notes: readonly ConfigProblem[];
  /** SHA-256 of what is not secret, in hexadecimal. */
  readonly hash: string;
}
