import { formatProblemLine } from '@towpath/config';
import { type ConfigProblem, TowpathError, toErrorFacts } from '@towpath/core';
import type { Finding } from './check.ts';

/** A broken rule of configuration as a problem. */
export function toConfigurationFinding(problem: ConfigProblem): Finding {
  const { code, fix, expected, received } = problem;
  const text = `${formatProblemLine(problem)} Expected ${expected}${received === undefined ? '' : `, received ${received}`}.`;
  return { subject: 'configuration', status: 'problem', text, fix, code };
}

/** Something about the configuration that is worth knowing and stops nothing. */
export function toConfigurationNote(note: ConfigProblem): Finding {
  return { subject: 'configuration', status: 'note', text: formatProblemLine(note), fix: note.fix, code: note.code };
}

/** Something thrown as a problem; `fix` stands in where the error names none. */
export function toErrorFinding(subject: string, thrown: unknown, fix?: string): Finding {
  const { message, cause, code, fix: ownFix } = toErrorFacts(thrown);
  // Nobody translated it: its own words say more than that it was not expected, and this is doctor already.
  if (!(thrown instanceof TowpathError)) return { subject, status: 'problem', text: cause ?? message, fix, code };
  const text = cause ? `${message} ${cause}` : message;
  return { subject, status: 'problem', text, fix: ownFix ?? fix, code };
}
