// The seam behind which secrets lie. A provider fetches, and remembers nothing but its own session: age, outage, guard
// and audit are the store's.
import type { SecretValue } from './secret-value.ts';

/** What lies under one name. All fields of it were true at the same moment, so that user and password belong together. */
export interface SecretDocument {
  /** The value without a field; undefined when it has several and none is the obvious one. */
  whole(): SecretValue | undefined;
  field(name: string): SecretValue | undefined;
}

export interface SecretProvider {
  /** As in `secrets: { provider: … }`. */
  readonly name: string;
  /** True where asking costs a file: then nothing is kept, and a change is seen at once. */
  readonly isLocal: boolean;
  /**
   * Fetches what lies under a name that `parseSecretReference` let through. Stops when `signal` says so.
   *
   * @throws SecretFailure
   */
  fetch(name: string, signal: AbortSignal): Promise<SecretDocument>;
  /** The path that the name stands for, as `owns: { secretPaths }` would write it; undefined when it has none. */
  toPath(name: string): string | undefined;
  /** Ends connections. Idempotent. */
  close(): void;
}
