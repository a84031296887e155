// A log as it leaves the agent. Any part of it can be asked for, in any order: each answer looks as far around the part as a
// secret reaches, so it does not depend on where chunks were cut, nor on which agent reads.
import type { LogFile } from '../../executors/log-file.ts';
import type { Redactor } from './create-redactor.ts';

/** So much of a secret at the very end of a log is masked as well: the task was ended in the midst of printing it. */
const MIN_BEGINNING = 4;

/**
 * The log with all secrets masked, byte for byte. What may be the beginning of a secret is not given out before more of the log
 * shows what it is, or `isComplete`.
 */
export function redactLog(log: LogFile, redactor: Redactor, isComplete: () => boolean): LogFile {
  const { longestForm } = redactor;
  if (longestForm === 0) return log;
  const margin = longestForm - 1;
  return {
    path: log.path,
    firstLine: log.firstLine === undefined ? undefined : redactor.redact(log.firstLine),
    size: () => log.size(),
    read: async (position, maxBytes) => {
      // Asked before the bytes are read: what is complete then is complete in them.
      const isWhole = isComplete();
      const from = Math.max(0, position - margin);
      const wanted = position - from + maxBytes;
      const bytes = await log.read(from, wanted + margin);
      const open = redactor.mask(bytes);
      if (isWhole && open >= MIN_BEGINNING) bytes.fill(0x2a, bytes.length - open);
      const end = isWhole ? bytes.length : bytes.length - open;
      return bytes.slice(position - from, Math.max(position - from, Math.min(wanted, end)));
    },
  };
}
