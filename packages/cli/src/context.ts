// The world as a command sees it: handed in, so that commands run in process in tests.

/** Everything a command may touch besides its arguments. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output: strings are our words, bytes are what tasks wrote, see createOutput. */
  readonly out: (text: string | Uint8Array) => void;
  /** Writes our words to standard error. */
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  /** Aborted by SIGINT, SIGTERM or SIGHUP; its reason is the signal's name. */
  readonly signal: AbortSignal;
}
