import type { AuditActor } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { type EnvironmentDeclaration, upsertEnvironment } from '../operations/upsert-environment.ts';

/** Makes an environment be as declared. Idempotent: repeated, it leaves no entry. */
export function declareEnvironment(
  pool: pg.Pool,
  { name, kind, position }: EnvironmentDeclaration,
  actor: AuditActor,
): Promise<void> {
  return withTransaction(pool, async (tx) => {
    if (!(await upsertEnvironment(tx, { name, kind, position }))) return;
    await writeAudit(tx, {
      actor,
      action: 'environment.declared',
      subject: { kind: 'environment', id: name, name },
      environment: name,
      details: { kind, position },
    });
  });
}
