// The world as a command sees it: handed in, so that commands run in process in tests.

/** Everything a command may touch besides its arguments. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output, as is. */
  readonly out: (text: string | Uint8Array) => void;
  /** Writes to standard error, as is. */
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  /** Aborted by SIGINT, SIGTERM or SIGHUP; its reason is the signal's name. */
  readonly signal: AbortSignal;
}
