import type { AuditAction, AuditActor, JsonValue } from '@towpath/core';
import type { Transaction } from '../../db/database.ts';
import { HINT_CHANNEL } from '../../hints/hints.ts';

/** A decision. */
export interface AuditRecord {
  readonly actor: AuditActor;
  readonly action: AuditAction;
  /** What it is about: `id` for programs, `name` for people. */
  readonly subject: { readonly kind: string; readonly id: string; readonly name: string };
  readonly environment: string | null;
  /** In the actor's words. */
  readonly why?: string | null | undefined;
  /** What else was decided. Never a secret or a token. Members that are undefined are left out. */
  readonly details?: Readonly<Record<string, JsonValue | undefined>>;
  /** Of an entry that may be told several times: it is entered once in its environment. */
  readonly deliveryId?: string | undefined;
}

const STATEMENT = `
with written as (
  insert into audit_entries (actor_kind, actor_name, action, subject_kind, subject_id, subject_name, environment, why, details, delivery_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (environment, delivery_id) where delivery_id is not null do nothing
  returning id
)
select pg_notify('${HINT_CHANNEL}', 'audit') from written`;

/**
 * Writes an entry in the transaction of its decision: both exist or neither does. It is linked to the chain after the commit.
 * Inserts only, locks nothing others wait for but a second telling of the same; that uses audit_entries_delivery_idx.
 */
export async function writeAudit(tx: Transaction, record: AuditRecord): Promise<void> {
  const { actor, action, subject, environment, why, details = {}, deliveryId } = record;
  await tx.query(STATEMENT, [
    actor.kind,
    actor.name,
    action,
    subject.kind,
    subject.id,
    subject.name,
    environment,
    why ?? null,
    JSON.stringify(details),
    deliveryId ?? null,
  ]);
}
