// What a TypeScript task throws to say more than "it failed". Recognised by its exit code and not by its class: the
// bundle may hold another copy of this file than the runner.

/** Options of `Error`: what led to it. */
interface Cause {
  readonly cause?: unknown;
}

/** Ends the attempt with exit code 75: it may be tried again, as with any failure, and people see that it was asked for. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly exitCode = 75;

  constructor(message: string, options: Cause = {}) {
    super(message, options);
  }
}

/** Ends the attempt with exit code 78: its configuration is wrong, so it is not tried again. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly exitCode = 78;

  constructor(message: string, options: Cause = {}) {
    super(message, options);
  }
}
