import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { readPolicyFile } from '../releases/read-policy-file.ts';
import { type TestedExample, testPolicy } from '../releases/test-policy.ts';
import { formatTable } from '../rendering/table.ts';

/** `npx towpath policy test`: whether a policy decides its own examples as it says. */
export function registerPolicyTest(policy: Command, context: CommandContext, exitWith: (code: number) => void): void {
  policy
    .command('test')
    .description(
      "Judge a policy file's own examples, without a server. Exit code 1 when one comes out otherwise than the file says.",
    )
    .argument('<file>', 'the policy')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath policy test policy.yaml')
    .action((file: string, options: { readonly json?: boolean }) => {
      const { policy: read, examples } = readPolicyFile(context, file);
      const tested = testPolicy(read, examples);
      context.out(options.json ? `${JSON.stringify({ examples: tested }, null, 2)}\n` : format(file, tested));
      if (tested.some(({ isAsExpected }) => !isAsExpected)) exitWith(1);
    });
}

function format(file: string, tested: readonly TestedExample[]): string {
  if (tested.length === 0) return `${file} has no examples.\n`;
  const rows = tested.map(({ name, isAsExpected, expected, decided }) => [
    isAsExpected ? 'as expected' : 'OTHERWISE',
    name,
    expected,
    decided,
  ]);
  return formatTable(['', 'EXAMPLE', 'EXPECTED', 'DECIDED'], rows);
}
