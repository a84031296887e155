import { expect, test } from 'vitest';
import { describeAgentStart } from './agent-command.ts';

test.each([
  ['local', 'local', /^Start it with `npx towpath dev`\.$/],
  ['int', 'shared', /^Start one: npx towpath agent --environment int --against-shared .*second-environment\.md$/],
  // Production takes no processes: who follows the hint must not meet EXECUTOR_REFUSED.
  ['prod', 'production', /`executor: docker` or `kubernetes` under `environments\.prod` .*agent --environment prod \(/],
] as const)('how %s (%s) gets an agent', (name, kind, said) => {
  expect(describeAgentStart({ name, kind })).toMatch(said);
});
