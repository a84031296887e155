import { type AuditActor, type EnvironmentKind, TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { findEnvironmentKind } from '../operations/find-environment-kind.ts';
import { type EnvironmentDeclaration, upsertEnvironment } from '../operations/upsert-environment.ts';

/** An environment that shall exist. */
export interface EnvironmentWish extends Omit<EnvironmentDeclaration, 'kind'> {
  /** Undefined: as it is, and `local` when it is new. */
  readonly kind?: EnvironmentKind | undefined;
}

/**
 * Makes an environment exist. Idempotent: repeated, it leaves no entry.
 *
 * @throws TowpathError `ENVIRONMENT_KIND_CHANGED` when it exists with another kind
 */
export function declareEnvironment(pool: pg.Pool, { name, position, ...wish }: EnvironmentWish, actor: AuditActor) {
  return withTransaction(pool, async (tx): Promise<void> => {
    const known = await findEnvironmentKind(tx, name);
    const kind = wish.kind ?? known ?? 'local';
    if (known !== undefined && known !== kind) throw kindChanged(name, known, kind);
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

function kindChanged(name: string, known: EnvironmentKind, kind: EnvironmentKind): TowpathError {
  return new TowpathError({
    code: 'ENVIRONMENT_KIND_CHANGED',
    message: `Environment ${name} is of kind ${known}, not ${kind}.`,
    cause: 'What may run there depends on its kind, so it does not change on the side.',
    fix: `Leave the kind out; if it is meant: \`${TOWPATH} env apply --change-kind ${name}\` with the kind in towpath.yaml.`,
  });
}
