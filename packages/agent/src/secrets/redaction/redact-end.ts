// How an attempt ended, without its secrets: its result document goes to other tasks and into the database, its reason to people.
import type { ErrorFacts } from '@towpath/core';
import type { AttemptEnd, ResultDocument } from '../../executors/executor.ts';
import type { Redactor } from './create-redactor.ts';

type JsonMember = ResultDocument[string];

/** The same end; texts that hold a secret are as long as before. */
export function redactEnd(end: AttemptEnd, redactor: Redactor): AttemptEnd {
  if (redactor.longestForm === 0) return end;
  const { reason, result } = end;
  return {
    ...end,
    reason: reason === null ? null : redactor.redact(reason),
    result: result === null ? null : redactDocument(result, redactor),
  };
}

function redactDocument(document: ResultDocument, redactor: Redactor): ResultDocument {
  return Object.fromEntries(
    Object.entries(document).map(([name, member]) => [redactor.redact(name), redactMember(member, redactor)]),
  );
}

/** A number is a text as well: a PIN of digits. */
function redactMember(member: JsonMember, redactor: Redactor): JsonMember {
  if (typeof member === 'string') return redactor.redact(member);
  if (typeof member === 'number') {
    const text = redactor.redact(String(member));
    return text === String(member) ? member : text;
  }
  if (Array.isArray(member)) return member.map((one) => redactMember(one, redactor));
  return typeof member === 'object' && member !== null ? redactDocument(member, redactor) : member;
}

/** Why an attempt can't start, in words that may be told. */
export function redactFacts(facts: ErrorFacts, redactor: Redactor): ErrorFacts {
  const { message, cause, fix } = facts;
  return {
    ...facts,
    message: redactor.redact(message),
    ...(cause !== undefined && { cause: redactor.redact(cause) }),
    ...(fix !== undefined && { fix: redactor.redact(fix) }),
  };
}
