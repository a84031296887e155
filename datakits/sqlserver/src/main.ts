// The process around the command line: streams, signals, exit code.
import { formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';
import { runDatakit } from './cli.ts';
import { toExitCode } from './exit-codes.ts';

// After a signal: time to cancel at the source, roll back and write the audit row. What hangs longer is left to the next
// attempt, which closes the row. Within the ten seconds that an executor gives; two were too few on a machine with ten
// times its load.
const GRACE_MS = 8_000;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

async function main(): Promise<void> {
  const cancelled = new AbortController();
  let signalExitCode: number | undefined;
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.once(name, () => {
      signalExitCode = code;
      cancelled.abort(
        new TowpathError({ code: 'INGEST_CANCELLED', message: `Cancelled by ${name}. Nothing was published.` }),
      );
      // The listener is gone, so the same signal now ends the process at once.
      setTimeout(() => process.kill(process.pid, name), GRACE_MS).unref();
    });
  }
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  try {
    await runDatakit(process.argv.slice(2), { env: process.env, signal: cancelled.signal, print });
  } catch (error) {
    process.stderr.write(`${formatErrorLines(toErrorFacts(error))}\n`);
    process.exitCode = signalExitCode ?? toExitCode(error);
  }
}

await main();
