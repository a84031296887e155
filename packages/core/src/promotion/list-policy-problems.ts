// What the form of a policy does not show, as far as it can be told without a server.
import { isTimeZone } from '../schedules/zone-time.ts';
import type { PromotionPolicy, SomeRules } from './policy.ts';

/** All of it, each as a sentence that begins with whose rules it is about. */
export function listPolicyProblems({ kinds, environments }: PromotionPolicy): readonly string[] {
  const written = [...Object.entries(kinds), ...Object.entries(environments)];
  return written.flatMap(([name, rules]) => listOwnProblems(rules ?? {}).map((problem) => `${name}: ${problem}.`));
}

function listOwnProblems({ freeze, windows = [], emergency }: SomeRules): readonly string[] {
  const zones = [...(freeze ? [freeze.timeZone] : []), ...windows.map(({ timeZone }) => timeZone)];
  const approvals = Object.values(emergency?.approvals ?? {}).reduce((total, count) => total + count, 0);
  return [
    ...zones.filter((zone) => !isTimeZone(zone)).map((zone) => `${zone} is no time zone`),
    ...(emergency && approvals === 0 ? ['somebody must approve an emergency'] : []),
  ];
}
