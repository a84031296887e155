// Several reports in one request end in one transaction. Then the next claims, without waiting.
import type { FinishedAttempt, SentGrant } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { SessionKey } from '../agents/operations/find-session.ts';
import { renewSessionLease } from '../agents/transactions/renew-session-lease.ts';
import type { ServerContext } from '../http/server-context.ts';
import { claimAttempts } from './transactions/claim-attempts.ts';
import { type FinishVerdict, finishAttempts } from './transactions/finish-attempts.ts';

/** Reports of one session, and how many slots it has now. */
export interface FinishReport {
  readonly attempts: readonly FinishedAttempt[];
  readonly slots: number;
}

/**
 * Takes the reports and answers with the next grants.
 *
 * @throws TowpathError `SESSION_UNKNOWN`; `LOG_INCOMPLETE` after the other reports were taken
 */
export async function finishAndClaim(
  context: ServerContext,
  session: SessionKey,
  report: FinishReport,
): Promise<{ stale: string[]; attempts: SentGrant[] }> {
  const verdicts = [...(await finishAttempts(context.pool, session, report.attempts))];
  const listOf = (verdict: FinishVerdict) => verdicts.filter(([, given]) => given === verdict).map(([id]) => id);
  const incomplete = listOf('log-incomplete');
  if (incomplete.length > 0) throw logIncomplete(incomplete);
  return { stale: listOf('stale'), attempts: await claimNext(context, session, report.slots) };
}

async function claimNext(context: ServerContext, session: SessionKey, slots: number): Promise<SentGrant[]> {
  if (slots === 0) return [];
  try {
    // Who asks for work lives; a silent session must hold nothing that is not uncertain.
    await renewSessionLease(context, session);
    const request = { ...session, slots, redeliverAfterSeconds: context.leaseSeconds };
    return (await claimAttempts(context.pool, request)).attempts;
  } catch (thrown) {
    // The reports of an ended session are answered (as stale); there is just nothing more for it.
    if (thrown instanceof TowpathError && thrown.code === 'SESSION_ENDED') return [];
    throw thrown;
  }
}

function logIncomplete(attemptIds: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'LOG_INCOMPLETE',
    message: 'An attempt can not end before its log has arrived.',
    cause: `The server has fewer bytes than \`logLengthBytes\` says, of: ${attemptIds.join(', ')}.`,
    fix: 'Append the rest of the log, then report the finish again.',
  });
}
