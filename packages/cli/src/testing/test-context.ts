// A command's world in a test: output is kept, nothing of this process leaks in.
import type { CommandContext } from '../context.ts';

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
    out: (text) => {
      out += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    },
    err: (text) => {
      err += text;
    },
    isTerminal: false,
    signal: new AbortController().signal,
    ...changes,
  };
  return { context, out: () => out, err: () => err };
}
