import type { AgentOptions } from '@towpath/agent';
import { parseMemoryMiB, type Sizing, TowpathError } from '@towpath/core';

/** Variable of the agent's process that says how many attempts it runs at a time. */
const VARIABLE = 'TOWPATH_MAX_ATTEMPTS';

/** What stands above the declaration. */
export interface SizingChoice {
  /** Of `--max-attempts`. */
  readonly maxAttempts: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What an agent makes of the sizing of its environment. Attempts at a time: flag > `TOWPATH_MAX_ATTEMPTS` > `workers` > the
 * agent's default.
 *
 * @throws TowpathError `MAX_ATTEMPTS_INVALID`
 */
export function describeSizing(
  sizing: Sizing | undefined,
  { maxAttempts, env }: SizingChoice,
): Pick<AgentOptions, 'maxAttempts' | 'limits'> {
  const memoryMiB = sizing?.memory === undefined ? undefined : parseMemoryMiB(sizing.memory);
  return {
    maxAttempts: maxAttempts ?? readVariable(env[VARIABLE]) ?? sizing?.workers,
    limits: { cpu: sizing?.cpu, memoryMiB },
  };
}

function readVariable(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new TowpathError({
    code: 'MAX_ATTEMPTS_INVALID',
    message: `${VARIABLE} is ${JSON.stringify(text.slice(0, 100))}, which is no count.`,
    fix: 'Set it to a number from 1 to 999999, or take it away.',
  });
}
