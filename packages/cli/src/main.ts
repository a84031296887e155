// Entry of the executable: process in, exit code out. Everything else takes a context.
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import type { CommandContext } from './context.ts';
import { runProgram } from './program.ts';
import { createOutput } from './rendering/output.ts';
import { translateSystemError } from './rendering/translate-system-error.ts';

/** A signal that comes so soon after the first is the same one, sent to the group and by a parent. */
const SAME_SIGNAL_MS = 700;

/** Exit code of a command that was ended by a second signal, as shells count SIGINT. */
const EXIT_FORCED = 130;

const stopping = new AbortController();
let firstSignalAt = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop(name));

// The first signal asks for an orderly end; the second does not wait for it. What is left is ended by `npx towpath stop`.
function stop(signal: string): void {
  if (stopping.signal.aborted && performance.now() - firstSignalAt > SAME_SIGNAL_MS) process.exit(EXIT_FORCED);
  if (!stopping.signal.aborted) firstSignalAt = performance.now();
  stopping.abort(signal);
}

// A reader or terminal that went away (`npx towpath runs | head -1`, a closed window) asks for an orderly end, too: `dev`
// must not die half-way through stopping because nobody reads that it stops. A full disk is an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || error.code === 'EIO') stopping.abort('SIGPIPE');
  else if (process.exitCode !== 1) report(error);
});
process.stderr.on('error', () => undefined);

const output = createOutput(process.stdout);
const context: CommandContext = {
  cwd: process.cwd(),
  env: process.env,
  out: output.write,
  err: createOutput(process.stderr).write,
  isTerminal: process.stdout.isTTY === true && process.stdin.isTTY === true,
  signal: stopping.signal,
};

try {
  process.exitCode = await runProgram(context, process.argv.slice(2));
} catch (thrown) {
  report(thrown);
}
output.finish();
// An empty write waits for those before it: their errors must be seen before the exit code is final.
await new Promise((done) => process.stdout.write('', done));
// Keep-alive sockets of fetch would hold the process for seconds after the last answer.
process.exit();

function report(thrown: unknown): void {
  context.err(`${formatErrorLines(toErrorFacts(translateSystemError(thrown)))}\n`);
  process.exitCode = 1;
}
