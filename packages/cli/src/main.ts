// Entry of the executable: process in, exit code out. Everything else takes a context.
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import type { CommandContext } from './context.ts';
import { runProgram } from './program.ts';

// A reader that went away (`towpath runs | head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exitCode ??= 0;
  process.exit();
});

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort(name));

const context: CommandContext = {
  cwd: process.cwd(),
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true && process.stdin.isTTY === true,
  signal: stopping.signal,
};

try {
  process.exitCode = await runProgram(context, process.argv.slice(2));
} catch (thrown) {
  context.err(`${formatErrorLines(toErrorFacts(thrown))}\n`);
  process.exitCode = 1;
}
// Keep-alive sockets of fetch would hold the process for seconds after the last answer.
process.exit();
