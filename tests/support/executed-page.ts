// Pages whose console blocks are run: each command as it stands there, each output compared.
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import { runProgram } from '../../packages/cli/src/program.ts';
import { createTestContext } from '../../packages/cli/src/testing/test-context.ts';

/** Runs `NAME=value towpath …` in a folder: both streams as a terminal shows them, errors and exit code included. */
export async function runConsoleLine(
  folder: string,
  line: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const [, given = '', words = ''] = /^((?:\w+=\S+ )*)towpath (.*)$/.exec(line) ?? [];
  const pairs = given.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  const env = { ...variables, ...Object.fromEntries(pairs.filter(([name]) => name)) };
  let text = '';
  const keep = (part: string | Uint8Array): void => {
    text += String(part);
  };
  const { context } = createTestContext({ cwd: folder, env, out: keep, err: keep });
  const code = await runProgram(context, words.split(' ')).catch((thrown: unknown) => {
    keep(`${formatErrorLines(toErrorFacts(thrown))}\n`);
    return 1;
  });
  return `${text.trimEnd()}${code === 0 ? '' : `\n(exit code ${code})`}`;
}

/** The page with what its commands print now. */
export async function executePage(page: string, run: (line: string) => Promise<string>): Promise<string> {
  let executed = page;
  for (const [block = '', content = ''] of page.matchAll(/```console\n([\s\S]*?)```/g)) {
    const parts: string[] = [];
    for (const [, line = ''] of content.matchAll(/^\$ (.*)$/gm)) parts.push(`$ ${line}\n${await run(line)}\n`);
    executed = executed.replace(block, () => `\`\`\`console\n${parts.join('\n')}\`\`\``);
  }
  return executed;
}
