import type { ConfigProblem } from './configuration-problem.ts';
import { CONFIGURATION_RULES, type ConfigurationRuleCode } from './configuration-rules.ts';

/** What a finding says besides what its code says; rule and fix are the code's when absent, the environment none. */
export type ProblemFacts = Pick<ConfigProblem, 'variable' | 'place' | 'expected' | 'received' | 'message'> & {
  readonly code: ConfigurationRuleCode;
  /** Absent: the finding is about the declaration, whatever the environment. */
  readonly environment?: string;
  readonly rule?: string;
  readonly fix?: string | undefined;
};

/** Makes a finding. Its message begins with `[ENV]` where it is about an environment. */
export function createProblem(facts: ProblemFacts): ConfigProblem {
  const known = CONFIGURATION_RULES[facts.code];
  const environment = facts.environment ?? '';
  return {
    ...facts,
    environment,
    rule: facts.rule ?? known.rule,
    fix: facts.fix ?? known.fix,
    message: environment === '' ? facts.message : `${formatEnvironmentTag(environment)} ${facts.message}`,
    docs: `reference/configuration-rules.md#${facts.code.toLowerCase()}`,
  };
}

/** `[PROD]`: what every message about an environment begins with. */
export function formatEnvironmentTag(environment: string): string {
  return `[${environment.toUpperCase()}]`;
}
