import type { SignOffView } from '@towpath/api';
import { findInvolvement, type Involved } from '@towpath/core';

interface Counted extends Involved {
  readonly signOffs: readonly SignOffView[];
  readonly nowMs: number;
}

/** Roles of which people are missing still, with how many; as the server counts. */
export function listMissing(
  wanted: Readonly<Record<string, number | undefined>>,
  { signOffs, nowMs, ...involved }: Counted,
): readonly { readonly role: string; readonly count: number }[] {
  const valid = signOffs.filter(
    ({ person, decision, withdrawnAt, accessRevokedAt, expiresAt }) =>
      decision === 'approved' &&
      withdrawnAt === null &&
      accessRevokedAt === null &&
      Date.parse(expiresAt) > nowMs &&
      findInvolvement(person, involved) === undefined,
  );
  return Object.entries(wanted).flatMap(([role, needed = 0]) => {
    const people = new Set(valid.filter((one) => one.role === role).map(({ person }) => person));
    return needed > people.size ? [{ role, count: needed - people.size }] : [];
  });
}
