import type { SignOffView } from '@towpath/api';

/** Roles of which people are missing still, with how many; as the server counts, but for who may not sign. */
export function listMissing(
  wanted: Readonly<Record<string, number | undefined>>,
  signOffs: readonly SignOffView[],
  nowMs: number,
): readonly { readonly role: string; readonly count: number }[] {
  const valid = signOffs.filter(
    ({ decision, withdrawnAt, accessRevokedAt, expiresAt }) =>
      decision === 'approved' && withdrawnAt === null && accessRevokedAt === null && Date.parse(expiresAt) > nowMs,
  );
  return Object.entries(wanted).flatMap(([role, needed = 0]) => {
    const people = new Set(valid.filter((one) => one.role === role).map(({ person }) => person));
    return needed > people.size ? [{ role, count: needed - people.size }] : [];
  });
}
