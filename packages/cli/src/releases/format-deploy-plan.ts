// The plan of a deploy command, for a terminal: its hash first, since that is what one approves.
import type { DeployPlanView } from '@towpath/api';
import { toPrintable, toPrintableLines } from '@towpath/core';

/** What people and commands wrote goes on further in than any line of ours begins: it can't look like one. */
const INDENT = '    ';

/** What it is, who said what of it, and all that the command printed. */
export function formatDeployPlan(plan: DeployPlanView): string {
  const { sha256, sizeBytes, agent, madeAt, expiresAt, error, withdrawnWhy, signOffs, output } = plan;
  const what =
    sha256 === null ? `plan: ${error?.code}: ${quote(error?.message ?? '')}` : `plan ${sha256} (${sizeBytes} bytes)`;
  const words = signOffs.map(
    ({ person, role, decision, note }) =>
      `  ${decision} by ${toPrintable(person)} as ${role}${note === null ? '' : `: ${quote(note)}`}`,
  );
  const lines = [
    '',
    what,
    `  made by agent ${agent} at ${madeAt}, counts until ${expiresAt}`,
    ...(withdrawnWhy === null ? [] : [`  counts no more: ${quote(withdrawnWhy)}`]),
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

function quote(text: string): string {
  return toPrintableLines(text, INDENT);
}
