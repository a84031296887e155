import { CONFIGURATION_RULES } from '@towpath/core';
import { describe, expect, it } from 'vitest';
import { listExampleProblems } from '../testing/example-project.ts';
import { formatRulesPage } from '../testing/format-rules-page.ts';
import { RULE_EXAMPLES } from '../testing/rule-examples.ts';

describe('rules of configuration', () => {
  it.each(Object.entries(RULE_EXAMPLES))(
    'A6 %s is found in its example, once, with everything it needs',
    (code, example) => {
      const problems = listExampleProblems(example);
      const [problem] = problems.filter((found) => found.code === code);
      expect(problems.map((found) => found.code)).toContain(code);
      expect(problem).toMatchObject({
        rule: expect.stringMatching(/./),
        expected: expect.stringMatching(/./),
        fix: expect.stringMatching(/./),
        docs: `reference/configuration-rules.md#${code.toLowerCase()}`,
      });
      if (problem?.environment)
        expect(problem.message).toMatch(new RegExp(`^\\[${problem.environment.toUpperCase()}\\] `));
      expect(JSON.stringify(problems)).not.toContain('me:pw');
    },
  );

  it('every rule has an example, and the page says all of them (refresh: npx vitest run packages/config/src/validate/rules.test.ts -u)', async () => {
    expect(Object.keys(RULE_EXAMPLES).sort()).toEqual(Object.keys(CONFIGURATION_RULES).sort());
    await expect(formatRulesPage()).toMatchFileSnapshot('../../../../docs/reference/configuration-rules.md');
  });
});
