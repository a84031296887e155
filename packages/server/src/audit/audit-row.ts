// The columns of an entry, and the one way back to what was hashed.
import type { AuditEntryView } from '@towpath/api';
import type { AuditLink } from '@towpath/core';

export const AUDIT_CONTENT_COLUMNS = `
at, actor_kind, actor_name, action, subject_kind, subject_id, subject_name, environment, why, details`;

/** A row of `AUDIT_CONTENT_COLUMNS`. */
export interface AuditContentRow {
  readonly at: string;
  readonly actor_kind: string;
  readonly actor_name: string;
  readonly action: string;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly subject_name: string;
  readonly environment: string | null;
  readonly why: string | null;
  readonly details: AuditEntryView['details'];
}

/** A row of `AUDIT_CONTENT_COLUMNS, sequence, previous_hash, hash` that is linked. */
export interface AuditEntryRow extends AuditContentRow {
  readonly sequence: number;
  readonly previous_hash: string;
  readonly hash: string;
}

/** What is hashed. */
export function toAuditContent(row: AuditContentRow): Omit<AuditEntryView, keyof AuditLink> {
  return {
    at: row.at,
    actor: { kind: row.actor_kind, name: row.actor_name },
    action: row.action,
    subject: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
    environment: row.environment,
    why: row.why,
    details: row.details,
  };
}

/** A linked entry. */
export function toAuditEntry(row: AuditEntryRow): AuditEntryView {
  return { sequence: row.sequence, ...toAuditContent(row), previousHash: row.previous_hash, hash: row.hash };
}
