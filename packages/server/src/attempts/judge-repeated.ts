// What to make of a report about an attempt that it did not end.
import type { FinishedAttempt } from '@towpath/api';
import { formatCanonicalJson, isTerminalAttemptState } from '@towpath/core';
import type { SessionKey } from '../agents/operations/find-session.ts';
import type { FoundAttempt } from './operations/find-attempts.ts';

/** `accepted` also for the repetition of what was accepted before. */
export type FinishVerdict = 'accepted' | 'stale' | 'log-incomplete';

/** Judges a report by what the attempt is now. */
export function judgeRepeated(attempt: FoundAttempt, session: SessionKey, finish: FinishedAttempt): FinishVerdict {
  if (attempt.sessionId !== session.sessionId || attempt.epoch !== finish.epoch) return 'stale';
  if (attempt.state === finish.outcome) return hasSameReport(attempt, finish) ? 'accepted' : 'stale';
  if (isTerminalAttemptState(attempt.state)) return 'stale';
  return attempt.logLengthBytes < finish.logLengthBytes ? 'log-incomplete' : 'stale';
}

function hasSameReport(attempt: FoundAttempt, finish: FinishedAttempt): boolean {
  return (
    attempt.exitCode === finish.exitCode &&
    attempt.reasonCode === finish.reasonCode &&
    attempt.reason === finish.reason &&
    formatCanonicalJson(attempt.result) === formatCanonicalJson(finish.result)
  );
}
