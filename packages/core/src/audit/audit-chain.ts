// The chain: each entry's hash covers its content, its number and the hash before it, so that whoever changes, removes,
// moves or adds one has to change all behind it. Whoever can do that is caught by a signed checkpoint.
import { formatCanonicalJson, type JsonValue } from '../graph/canonical-json.ts';

/** What an entry says. Instants are RFC 3339 in UTC with milliseconds: the text is hashed. */
export interface AuditContent {
  readonly at: string;
  readonly actor: { readonly kind: string; readonly name: string };
  readonly action: string;
  readonly subject: { readonly kind: string; readonly id: string; readonly name: string };
  readonly environment: string | null;
  readonly why: string | null;
  readonly details: Readonly<Record<string, JsonValue>>;
}

/** The place of an entry in the chain. */
export interface AuditLink {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
}

export interface AuditEntry extends AuditContent, AuditLink {}

/** Where a chain ends: the number and hash of its last entry. */
export type AuditHead = Pick<AuditLink, 'sequence' | 'hash'>;

/** SHA-256 of a text in UTF-8, as 64 lower-case hexadecimal digits; core has no cryptography of its own. */
export type Sha256 = (text: string) => string;

/** The head of a chain without entries. */
export const EMPTY_CHAIN: AuditHead = { sequence: 0, hash: '0'.repeat(64) };

/** The text that is hashed: canonical JSON, named members only, so that what a transport adds changes nothing. */
export function formatHashInput(content: AuditContent, sequence: number, previousHash: string): string {
  const { at, actor, action, subject, environment, why, details } = content;
  return formatCanonicalJson({
    sequence,
    previousHash,
    at,
    actor: { kind: actor.kind, name: actor.name },
    action,
    subject: { kind: subject.kind, id: subject.id, name: subject.name },
    environment,
    why,
    details,
  });
}

/** The links that append contents to a chain, in their order. */
export function linkEntries(head: AuditHead, contents: readonly AuditContent[], sha256: Sha256): AuditLink[] {
  const links: AuditLink[] = [];
  let last = head;
  for (const content of contents) {
    const sequence = last.sequence + 1;
    const link = { sequence, previousHash: last.hash, hash: sha256(formatHashInput(content, sequence, last.hash)) };
    links.push(link);
    last = link;
  }
  return links;
}
