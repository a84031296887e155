// The columns of a freeze, shared by the statements that declare, lift or list freezes.
import type { FreezeView } from '@towpath/api';

/** A row of `FREEZE_COLUMNS`. */
export interface FreezeRow {
  readonly id: string;
  readonly environment: string;
  readonly reason: string;
  readonly starts_at: string;
  readonly ends_at: string | null;
  readonly declared_at: string;
  readonly declared_by: string;
  readonly lifted_at: string | null;
  readonly lifted_by: string | null;
}

export const FREEZE_COLUMNS =
  'id, environment, reason, starts_at, ends_at, declared_at, declared_by, lifted_at, lifted_by';

/** The freeze as people see it. */
export function toFreezeView(row: FreezeRow): FreezeView {
  return {
    id: row.id,
    environment: row.environment,
    reason: row.reason,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    declaredAt: row.declared_at,
    declaredBy: row.declared_by,
    liftedAt: row.lifted_at,
    liftedBy: row.lifted_by,
  };
}
