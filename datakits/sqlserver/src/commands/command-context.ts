// What a command gets from the process: everything it reads and writes, so that tests can run it in process.
import type { Environment } from '../settings/read-settings.ts';

/** The world of one command. */
export interface CommandContext {
  readonly env: Environment;
  /** Aborted by SIGTERM and SIGINT, with the error to end with. */
  readonly signal: AbortSignal;
  /** One line to stdout. */
  print(line: string): void;
}
