// A command's world in a test: output is kept, nothing of this process leaks in.
import type { CommandContext } from '../context.ts';
import { createOutput } from '../rendering/output.ts';

export interface TestContext {
  readonly context: CommandContext;
  out(): string;
  err(): string;
}

/** Creates a context without a terminal and with an empty environment. */
export function createTestContext(changes: Partial<CommandContext> = {}): TestContext {
  let out = '';
  let err = '';
  const context: CommandContext = {
    cwd: '/nowhere',
    env: {},
    out: createOutput({
      write: (text) => {
        out += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      },
    }).write,
    err: createOutput({
      write: (text) => {
        err += text;
      },
    }).write,
    isTerminal: false,
    signal: new AbortController().signal,
    ...changes,
  };
  return { context, out: () => out, err: () => err };
}
