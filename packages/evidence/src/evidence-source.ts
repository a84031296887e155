// The seam behind which outside services are asked. Whoever can't say refuses; nothing but an answer that was understood is one.
import type { EvidenceAnswer, EvidenceKind, EvidenceQuestion } from '@towpath/core';

/** When and for how long to ask. */
export interface AskOptions {
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** An answer, with what it was read from. */
export interface FoundEvidence {
  readonly answer: EvidenceAnswer;
  /** Beginning of what the service sent, for people; credentials in it are masked. */
  readonly excerpt: string;
  /** Where a person can look; null: nowhere. */
  readonly link: string | null;
}

/** One service, as a policy declares it. */
export interface EvidenceSource {
  /** What it can be asked. */
  readonly kinds: readonly EvidenceKind[];
  /** Asks once; changes nothing there. @throws EvidenceRefusal */
  ask(question: EvidenceQuestion, options: AskOptions): Promise<FoundEvidence>;
}

/** Why there is no answer. */
export const REFUSALS = {
  SECRET_MISSING: 'The variable that holds its secret is not set on the server.',
  CREDENTIAL_REFUSED: 'It does not take the credential.',
  FORBIDDEN: 'It does not let the credential read that.',
  NOT_FOUND: 'It does not know that.',
  RATE_LIMITED: 'It was asked too often.',
  HTTP_ERROR: 'It failed.',
  REDIRECTED: 'It sends elsewhere, and redirects are not followed.',
  UNREACHABLE: 'It can not be reached.',
  TIMED_OUT: 'It did not answer in time.',
  TOO_LARGE: 'It sends too much.',
  ANSWER_INVALID: 'Its answer is not what that service says.',
  QUESTION_UNSUPPORTED: 'It can not be asked that.',
  QUESTION_INVALID: 'It can not be asked about such a value.',
  FILE_MISSING: 'The file can not be read.',
  FILE_EXPIRED: 'The file is no longer valid.',
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A source that gave no answer. Its words hold no secret. */
export class EvidenceRefusal extends Error {
  readonly code: RefusalCode;
  /** How long the service wants to be left alone. */
  readonly retryAfterSeconds: number | null;

  /** `detail` follows the sentence of the code. */
  constructor(code: RefusalCode, detail = '', retryAfterSeconds: number | null = null) {
    super(detail === '' ? REFUSALS[code] : `${REFUSALS[code]} ${detail}`);
    this.name = 'EvidenceRefusal';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
