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
  select actor_kind, actor_name, action, subject_kind, subject_id, subject_name, environment, why, details, delivery_id
  from jsonb_to_recordset($1::jsonb) as e (actor_kind text, actor_name text, action text, subject_kind text, subject_id text,
       subject_name text, environment text, why text, details jsonb, delivery_id uuid)
  on conflict (environment, delivery_id) where delivery_id is not null do nothing
  returning id
)
select pg_notify('${HINT_CHANNEL}', 'audit') from written`;

/**
 * Writes entries in the transaction of their decisions: both exist or neither does. They are linked to the chain after the commit.
 * Inserts only, locks nothing others wait for but a second telling of the same; that uses audit_entries_delivery_idx.
 */
export async function writeAudit(tx: Transaction, ...records: readonly AuditRecord[]): Promise<void> {
  await tx.query(STATEMENT, [JSON.stringify(records.map(toRow), toWellFormed)]);
}

/** jsonb takes no half of a surrogate pair, which must not keep a decision from being written. */
function toWellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function toRow({ actor, action, subject, environment, why, details = {}, deliveryId }: AuditRecord): object {
  return {
    actor_kind: actor.kind,
    actor_name: actor.name,
    action,
    subject_kind: subject.kind,
    subject_id: subject.id,
    subject_name: subject.name,
    environment,
    why,
    details,
    delivery_id: deliveryId,
  };
}
