// What a migration is made of: a snapshot of a repository goes in, changes of files and findings come out. Nothing here
// reads or writes; the command shows the result as a diff, or applies it.

/** The text files of a repository by path; git's ignored ones are left out, except those in `config/`. */
export type Snapshot = ReadonlyMap<string, string>;

/** A file as it is and as it should be; `before` is undefined for a new one. */
export interface FileChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** A value of one environment, written into code. */
export interface HardCodedValue {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
  /** Undefined for a password that names none. */
  readonly environment: string | undefined;
  /** The variable that takes its place; undefined when a person has to decide. */
  readonly variable: string | undefined;
  /** Why nothing is written in its place. */
  readonly byHand: string | undefined;
}

/** A variable that the migration declares, so that code can name it instead of a value. */
export interface MigratedVariable {
  readonly name: string;
  readonly type: string;
  /** Text with `${NAME}` in it, from which each environment's value follows. */
  readonly template: string | undefined;
  readonly defaultText?: string | undefined;
  readonly isRequired?: boolean;
  readonly isSecret?: boolean;
  /** How it may differ between environments; absent: not at all. */
  readonly parity?: 'id' | 'endpoint' | undefined;
}

/** Everything a migration would do. */
export interface MigrationPlan {
  /** In the order of promotion. */
  readonly environments: readonly string[];
  readonly changes: readonly FileChange[];
  readonly values: readonly HardCodedValue[];
  /** What a person has to know besides. */
  readonly notes: readonly string[];
}
