import type { SignOffView } from '@towpath/api';
import { findInvolvement, type Involved } from '@towpath/core';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';

interface SignOffStandingProps {
  /** As it stood when its promotion ended, or stands now. */
  readonly signOff: SignOffView;
  /** It stood at the end, and was taken back or lifted after it. */
  readonly isBackSince: boolean;
  readonly involved: Involved;
  /** When its promotion ended; null: it lives. */
  readonly endedAt: string | null;
}

/** Until when it counts, or since when and why it does not. */
export function SignOffStanding({ signOff, isBackSince, involved, endedAt }: SignOffStandingProps): ReactNode {
  const { person, decision, withdrawnAt, withdrawnBy, withdrawnWhy, accessRevokedAt } = signOff;
  if (withdrawnAt !== null && withdrawnBy === person)
    return (
      <>
        Withdrawn <Instant at={withdrawnAt} />
      </>
    );
  if (withdrawnAt !== null)
    return (
      <>
        Lifted by <bdi>{withdrawnBy}</bdi> <Instant at={withdrawnAt} />: <q className="name">{withdrawnWhy}</q>
      </>
    );
  if (accessRevokedAt !== null)
    return (
      <>
        {decision === 'approved' ? 'Counts no more: access' : 'Stands until somebody lifts it: access'} of{' '}
        <bdi>{person}</bdi> was revoked <Instant at={accessRevokedAt} />
      </>
    );
  if (decision === 'refused') return isBackSince ? 'Stood then; taken back since' : 'Stands until it is taken back';
  return <ApprovalStanding signOff={signOff} involved={involved} endedAt={endedAt} />;
}

function ApprovalStanding({
  signOff: { person, expiresAt },
  involved,
  endedAt,
}: Omit<SignOffStandingProps, 'isBackSince'>): ReactNode {
  const how = findInvolvement(person, involved);
  if (how)
    return (
      <>
        {endedAt === null ? 'Does' : 'Did'} not count here: <bdi>{person}</bdi> {how}
      </>
    );
  if (endedAt !== null && Date.parse(expiresAt) > Date.parse(endedAt)) return 'Counted when this ended';
  return (
    <>
      {endedAt === null ? 'Counts until' : 'Counted until'} <Instant at={expiresAt} isExact />
    </>
  );
}
