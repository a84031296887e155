// Where an attempt that fetches its bundle itself gets it, as an executor is told.
import type { AttemptSpecification } from './executor.ts';

export interface BundleSource {
  /** Of the server, as attempts reach it. */
  readonly serverUrl: string;
  /** File (PEM) with authorities that the agent trusts besides the usual ones. */
  readonly authorityFile: string | undefined;
  /** A token for this attempt alone, until it ends; makes an earlier one worthless. Waits for a server that is away. @throws TowpathError; the signal's reason */
  issueToken(attempt: Pick<AttemptSpecification, 'attemptId' | 'epoch'>, signal: AbortSignal): Promise<string>;
}
