import { expect, it } from 'vitest';
import { formatCommandReference } from './command-reference.ts';
import { createProgram } from './program.ts';
import { createTestContext } from './testing/test-context.ts';

it('A77 docs/reference/commands.md is what --help prints (refresh: npx vitest run packages/cli/src/command-reference.test.ts -u)', async () => {
  const program = createProgram(createTestContext().context, () => undefined);
  await expect(formatCommandReference(program)).toMatchFileSnapshot('../../../docs/reference/commands.md');
});
