// Attempts that run as processes on somebody's machine, in an environment that is not that machine's own.
import type { EnvironmentKind } from './environment.ts';

/** `banner`: go on, and never let it be forgotten. */
export type LocalExecutionVerdict = 'allowed' | 'banner' | 'needs-flag' | 'refused';

/**
 * Whether the process executor may serve an environment of this kind. A shared one needs a person's word each time
 * (`--against-shared`); production is refused whatever anybody says.
 */
export function judgeLocalExecution(kind: EnvironmentKind, isAgainstShared: boolean): LocalExecutionVerdict {
  if (kind === 'local') return 'allowed';
  if (kind === 'production') return 'refused';
  return isAgainstShared ? 'banner' : 'needs-flag';
}
