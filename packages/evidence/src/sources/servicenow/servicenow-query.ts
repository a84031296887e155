// Encoded queries: conditions joined by `^`, for which there is no escape; a value that begins with `javascript:` is run there.
import { EvidenceRefusal } from '../../evidence-source.ts';

/** A value as it may stand in a condition. @throws EvidenceRefusal `QUESTION_INVALID` */
export function toQueryValue(value: string): string {
  if (/\^|[\n\r]|javascript:/i.test(value))
    throw new EvidenceRefusal('QUESTION_INVALID', 'A caret or `javascript:` means something in its queries.');
  return value;
}

/** All of them must hold; empty ones are left out. */
export function joinConditions(conditions: readonly string[]): string {
  return conditions.filter(Boolean).join('^');
}
