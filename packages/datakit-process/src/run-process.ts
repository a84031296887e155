// The process around a datakit's command line: streams, signals, exit code.
import { formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';

/** What a datakit's command line works with. */
export interface DatakitWorld {
  readonly env: NodeJS.ProcessEnv;
  /** Fires with the reason when the process is asked to end. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

export interface DatakitProcess {
  /** Runs the arguments of the command line; throws what ends it. */
  readonly run: (args: readonly string[], world: DatakitWorld) => Promise<void>;
  /** Of the error that says it was cancelled. */
  readonly cancelledCode: string;
  /** What is left of the work then, as a sentence. */
  readonly whatIsLeft: string;
  readonly toExitCode: (thrown: unknown) => number;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

// After a signal: time to end what goes on elsewhere, roll back and write the audit row. What hangs longer is left to the next
// attempt, which closes the row. Within the ten seconds that an executor gives; two were too few on a machine with ten
// times its load.
const GRACE_MS = 8_000;

/** Runs a datakit in this process. Its errors go to standard error; the exit code says what they mean, or 128 and the signal. */
export async function runDatakitProcess({
  run,
  cancelledCode: code,
  whatIsLeft,
  toExitCode,
}: DatakitProcess): Promise<void> {
  const cancelled = new AbortController();
  let signalExitCode: number | undefined;
  for (const [name, exitCode] of Object.entries(SIGNALS)) {
    process.once(name, () => {
      signalExitCode = exitCode;
      cancelled.abort(new TowpathError({ code, message: `Cancelled by ${name}. ${whatIsLeft}` }));
      // The listener is gone, so the same signal now ends the process at once.
      setTimeout(() => process.kill(process.pid, name), GRACE_MS).unref();
    });
  }
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  try {
    await run(process.argv.slice(2), { env: process.env, signal: cancelled.signal, print });
  } catch (thrown) {
    process.stderr.write(`${formatErrorLines(toErrorFacts(thrown))}\n`);
    process.exitCode = signalExitCode ?? toExitCode(thrown);
  }
}
