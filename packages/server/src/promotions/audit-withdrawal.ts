import type { SignOffView } from '@towpath/api';
import { writeAudit } from '../audit/operations/write-audit.ts';
import type { Transaction } from '../db/database.ts';
import { findRelease } from '../releases/operations/find-release.ts';

/** Enters that a sign-off counts no more, by its person's word. */
export async function auditWithdrawal(tx: Transaction, signOff: SignOffView, why?: string): Promise<void> {
  const { id, releaseId, environment, person, role } = signOff;
  const release = await findRelease(tx, releaseId);
  await writeAudit(tx, {
    actor: { kind: 'person', name: person },
    action: 'sign-off.withdrawn',
    subject: { kind: 'release', id: releaseId, name: release?.version ?? releaseId.slice(0, 12) },
    environment,
    why,
    details: { signOff: id, role },
  });
}
