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
  readonly withdrawn_by: string | null;
  readonly withdrawn_why: string | null;
  readonly access_revoked_at: string | null;
}

/** When the access of its person was revoked, is told only where that was after the sign-off; by people_pkey. */
export const SIGN_OFF_COLUMNS = `
id, release_id, environment, role, person, decision, note, given_at, expires_at, withdrawn_at, withdrawn_by, withdrawn_why,
(select p.revoked_at from people p where p.name = sign_offs.person and p.revoked_at >= sign_offs.given_at) as access_revoked_at`;

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
    withdrawnBy: row.withdrawn_at === null ? null : (row.withdrawn_by ?? row.person),
    withdrawnWhy: row.withdrawn_why,
    accessRevokedAt: row.access_revoked_at,
  };
}
