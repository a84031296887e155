// A policy's own examples: each is judged by the code that judges promotions, without a server.
import { judgeExample, type PolicyExample, type PromotionPolicy, TowpathError } from '@towpath/core';

/** How an example came out, in words. */
export interface TestedExample {
  readonly name: string;
  readonly isAsExpected: boolean;
  readonly expected: string;
  readonly decided: string;
}

/** Judges all of them. */
export function testPolicy(policy: PromotionPolicy, examples: readonly PolicyExample[]): readonly TestedExample[] {
  return examples.map((example) => {
    const { name, isAsExpected, judgement } = judgeExample(policy, example);
    const { decision, red } = example.expect;
    const said = judgement.verdicts.filter((verdict) => verdict.decision !== 'allow');
    const decided = [judgement.decision, ...said.map(({ gate, code }) => `${gate} ${code}`)].join(', ');
    return { name, isAsExpected, expected: [decision, ...(red ?? [])].join(', '), decided };
  });
}

/**
 * Nothing when all come out as the file says.
 *
 * @throws TowpathError `POLICY_EXAMPLE_FAILED`
 */
export function requireExamples(file: string, policy: PromotionPolicy, examples: readonly PolicyExample[]): void {
  const failed = testPolicy(policy, examples).filter(({ isAsExpected }) => !isAsExpected);
  if (failed.length === 0) return;
  throw new TowpathError({
    code: 'POLICY_EXAMPLE_FAILED',
    message: `${file} decides otherwise than its own examples say.`,
    cause: failed
      .map(({ name, expected, decided }) => `${name}: expected ${expected}; it decides ${decided}.`)
      .join(' '),
    fix: 'Correct the rules or the examples: npx towpath policy test',
  });
}
