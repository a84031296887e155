// What an error means for a retry, by exit codes of BSD sysexits.h as the attempt contract uses them.
import { TowpathError } from '@towpath/core';

export const EXIT_CODES = {
  success: 0,
  failure: 1,
  /** The same attempt may succeed later. */
  tryAgain: 75,
  /** A person must change something first. */
  configuration: 78,
} as const;

/** Codes of errors that mean something for a retry. */
export interface ErrorKinds {
  readonly configuration: ReadonlySet<string>;
  readonly tryAgain: ReadonlySet<string>;
}

/** The exit code of an error; anything unknown is 1. */
export function toExitCode(thrown: unknown, { configuration, tryAgain }: ErrorKinds): number {
  if (!(thrown instanceof TowpathError)) return EXIT_CODES.failure;
  if (configuration.has(thrown.code)) return EXIT_CODES.configuration;
  return tryAgain.has(thrown.code) ? EXIT_CODES.tryAgain : EXIT_CODES.failure;
}
