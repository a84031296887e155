import type { CommandContext } from '../context.ts';
import type { NamedCheck } from './all-checks.ts';
import type { Finding } from './check.ts';
import { describeSubject, type SubjectOptions } from './describe-subject.ts';
import { createRedaction } from './redact.ts';
import { runChecks } from './run-checks.ts';

/** Does these checks for a folder; no secret is in what they found. Never rejects, and takes less than 15 s. */
export async function findFindings(
  context: Pick<CommandContext, 'cwd' | 'env'>,
  options: SubjectOptions,
  checks: readonly NamedCheck[],
): Promise<readonly Finding[]> {
  const subject = describeSubject(context, options);
  try {
    return (await runChecks(checks, subject)).map(createRedaction(subject));
  } finally {
    subject.selection.environment?.secrets.close();
  }
}
