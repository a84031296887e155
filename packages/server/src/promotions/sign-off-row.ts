// The columns of a sign-off, shared by the statements that give, withdraw or list sign-offs.
import type { SignOffView } from '@towpath/api';

/** A row of `SIGN_OFF_COLUMNS`. */
export interface SignOffRow {
  readonly id: string;
  readonly release_id: string;
  readonly environment: string;
  readonly role: string;
  readonly person: string;
  readonly decision: SignOffView['decision'];
  readonly note: string | null;
  readonly given_at: string;
  readonly expires_at: string;
  readonly withdrawn_at: string | null;
}

export const SIGN_OFF_COLUMNS =
  'id, release_id, environment, role, person, decision, note, given_at, expires_at, withdrawn_at';

/** The sign-off as people see it. */
export function toSignOffView(row: SignOffRow): SignOffView {
  return {
    id: row.id,
    releaseId: row.release_id,
    environment: row.environment,
    role: row.role,
    person: row.person,
    decision: row.decision,
    note: row.note,
    givenAt: row.given_at,
    expiresAt: row.expires_at,
    withdrawnAt: row.withdrawn_at,
  };
}
