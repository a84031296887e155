// The plan of a deploy command, for a terminal: its hash first, since that is what one approves.
import type { DeployPlanView } from '@towpath/api';

/** What it is, who said what of it, and all that the command printed. */
export function formatDeployPlan(plan: DeployPlanView): string {
  const { sha256, sizeBytes, agent, madeAt, expiresAt, error, withdrawnWhy, signOffs, output } = plan;
  const what = sha256 === null ? `plan: ${error?.code}: ${error?.message}` : `plan ${sha256} (${sizeBytes} bytes)`;
  const words = signOffs.map(
    ({ person, role, decision, note }) => `  ${decision} by ${person} as ${role}${note === null ? '' : `: ${note}`}`,
  );
  const lines = [
    '',
    what,
    `  made by agent ${agent} at ${madeAt}, counts until ${expiresAt}`,
    ...(withdrawnWhy === null ? [] : [`  counts no more: ${withdrawnWhy}`]),
    ...words,
    ...(plan.isOutputCut ? ['  the middle of what the command printed is missing here'] : []),
    '',
    ...output
      .trimEnd()
      .split('\n')
      .map((line) => `  | ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}
