// An attempt as the rest of the agent sees it: nothing of it that leaves the agent holds one of its secrets.
import type { HeldAttempt } from '../../executors/executor.ts';
import type { Redactor } from './create-redactor.ts';
import { redactEnd } from './redact-end.ts';
import { redactLog } from './redact-log.ts';

/** The attempt with its log and its end redacted. */
export function redactAttempt(held: HeldAttempt, redactor: Redactor): HeldAttempt {
  if (redactor.longestForm === 0) return held;
  let hasEnded = false;
  const ended = held.ended.then((end) => {
    hasEnded = true;
    return redactEnd(end, redactor);
  });
  return { ...held, ended, log: redactLog(held.log, redactor, () => hasEnded) };
}
