// The one error that leaves a seam: foreign errors are translated into it once, at the adapter that met them.
import { TOWPATH } from '../naming/towpath-command.ts';
import { toPrintable, toPrintableLines } from '../text/printable.ts';

/** What every door (CLI, API, console) shows of an error. `code` is a stable word such as `ENVIRONMENT_FILE_MISSING`. */
export interface ErrorFacts {
  readonly code: string;
  /** What happened, in one sentence for a person. */
  readonly message: string;
  /** Why it happened, as far as it is known; never a secret. */
  readonly cause?: string | undefined;
  /** What to do next: a command, or a setting to change. */
  readonly fix?: string | undefined;
  /** Page of the documentation, relative to its root. */
  readonly docs?: string | undefined;
}

/** An error with an identity: code, message, cause, fix, docs. `reason` is the text behind "why". */
export class TowpathError extends Error {
  readonly code: string;
  readonly reason: string | undefined;
  readonly fix: string | undefined;
  readonly docs: string | undefined;

  constructor(facts: ErrorFacts, options?: { readonly cause?: unknown }) {
    super(facts.message, options);
    this.name = 'TowpathError';
    this.code = facts.code;
    this.reason = facts.cause;
    this.fix = facts.fix;
    this.docs = facts.docs;
  }
}

/** Turns anything thrown into its facts; what is not a `TowpathError` becomes `INTERNAL_ERROR` with its message as cause. */
export function toErrorFacts(thrown: unknown): ErrorFacts {
  if (thrown instanceof TowpathError) {
    return { code: thrown.code, message: thrown.message, cause: thrown.reason, fix: thrown.fix, docs: thrown.docs };
  }
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'INTERNAL_ERROR',
    message: 'Something failed that Towpath did not expect.',
    cause,
    fix: `Run \`${TOWPATH} doctor\`; if it finds nothing, report this with the log.`,
  };
}

/**
 * The three lines a terminal shows: what, why, fix. A missing cause or fix leaves its line out. Text of several lines is
 * indented, and nothing in it steers a terminal.
 */
export function formatErrorLines(facts: ErrorFacts): string {
  const lines = [`error ${toPrintable(facts.code)}: ${toPrintableLines(facts.message, INDENT)}`];
  if (facts.cause) lines.push(`  why: ${toPrintableLines(facts.cause, INDENT)}`);
  if (facts.fix) lines.push(`  fix: ${toPrintableLines(facts.fix, INDENT)}`);
  return lines.join('\n');
}

const INDENT = ' '.repeat('  why: '.length);
