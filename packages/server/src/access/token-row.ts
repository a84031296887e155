import type { TokenView } from '@towpath/api';
import type { PersonRole } from '@towpath/core';

/** Of access_tokens. */
export const TOKEN_COLUMNS = `
id, name, role, environments, groups, created_at, expires_at, revoked_at, issued_by, note`;

/** A row of `TOKEN_COLUMNS`. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: PersonRole;
  readonly environments: string[] | null;
  readonly groups: string[] | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
  readonly issued_by: string | null;
  readonly note: string | null;
}

/** A token as administrators see it. */
export function toTokenView(row: TokenRow): TokenView {
  const { id, name, environments, note } = row;
  return {
    ...{ id, name, environments, note, role: row.groups === null ? row.role : null },
    ...{ createdAt: row.created_at, expiresAt: row.expires_at, revokedAt: row.revoked_at, issuedBy: row.issued_by },
  };
}
