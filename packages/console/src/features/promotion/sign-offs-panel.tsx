import type { PromotionView, SignOffView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatWithdrawCommand } from '../../format/format-promotion-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { Instant } from '../../layout/instant.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { DECISION_LOOKS } from '../../states/promotion-looks.ts';
import { LookIcon } from '../../states/state-icon.tsx';
import { useSession } from '../session/session-queries.ts';
import { LiftButton } from './lift-button.tsx';
import { listMissing } from './list-missing.ts';
import classes from './promotion.module.css';
import { useWithdrawSignOff } from './promotion-queries.ts';
import { useWantedSignOffs } from './promotion-rights.ts';

interface SignOffsPanelProps {
  readonly promotion: PromotionView;
  readonly signOffs: readonly SignOffView[];
  readonly author: string | undefined;
  /** False: nobody knows yet who said what. */
  readonly isLoaded: boolean;
}

/** Who said what of this release for this environment, and whose word is missing. */
export function SignOffsPanel({ promotion, signOffs, isLoaded, author }: SignOffsPanelProps): ReactNode {
  const wanted = useWantedSignOffs(promotion.environment, promotion.emergency !== null) ?? {};
  const missing = listMissing(wanted, signOffs, Date.now());
  return (
    <section className={classes.panel} aria-label="Sign-offs">
      <h2>Sign-offs</h2>
      {isLoaded && promotion.state === 'pending' && missing.length > 0 ? (
        <p>Missing: {missing.map(({ role, count }) => `${count} of role ${role}`).join(', ')}</p>
      ) : null}
      {isLoaded && signOffs.length === 0 ? (
        <p className={classes.muted}>Nobody has said anything about this release here.</p>
      ) : null}
      <ul className={classes.words}>
        {signOffs.map((signOff) => (
          <SignOff key={signOff.id} signOff={signOff} version={promotion.release.version} author={author} />
        ))}
      </ul>
    </section>
  );
}

interface SignOffProps {
  readonly signOff: SignOffView;
  readonly version: string;
  /** Who recorded the release; undefined while that is unknown. */
  readonly author: string | undefined;
}

function SignOff({ signOff, version, author }: SignOffProps): ReactNode {
  const { person, role, decision, note, givenAt, withdrawnAt, accessRevokedAt } = signOff;
  const isOwn = useSession().data?.name === person;
  const isApproved = decision === 'approved';
  const isGone = withdrawnAt !== null || (isApproved && accessRevokedAt !== null);
  return (
    <li data-gone={isGone ? true : undefined}>
      <LookIcon look={DECISION_LOOKS[isApproved ? 'allow' : 'deny']} />
      <div>
        <p>
          <strong>{isApproved ? 'Signed off' : 'Refused'}</strong> by <bdi>{person}</bdi> as {role}{' '}
          <Instant at={givenAt} />
        </p>
        {note ? (
          <p>
            <q className="name">{note}</q>
          </p>
        ) : null}
        <p className={classes.muted}>
          <Standing signOff={signOff} />
        </p>
      </div>
      {isOwn && withdrawnAt === null ? <WithdrawButton signOff={signOff} version={version} /> : null}
      <LiftButton signOff={signOff} version={version} author={author} />
    </li>
  );
}

/** Until when it counts, or since when and why it does not. */
function Standing({ signOff }: Pick<SignOffProps, 'signOff'>): ReactNode {
  const { person, decision, expiresAt, withdrawnAt, withdrawnBy, withdrawnWhy, accessRevokedAt } = signOff;
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
  if (decision === 'refused') return 'Stands until it is taken back';
  return (
    <>
      Counts until <Instant at={expiresAt} isExact />
    </>
  );
}

function WithdrawButton({ signOff, version }: Omit<SignOffProps, 'author'>): ReactNode {
  const dialog = useDialog();
  const withdraw = useWithdrawSignOff(signOff.id);
  const { environment, person, decision } = signOff;
  return (
    <>
      <ActionButton label="Take back…" subject={`what you said about ${version}`} onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`Take back what you said about ${version} for ${environment}?`}
        confirmLabel="Take it back"
        formatCommand={() => formatWithdrawCommand(version, environment, person)}
        onConfirm={() => withdraw.mutate(undefined, { onSuccess: dialog.close })}
        isPending={withdraw.isPending}
        error={withdraw.error}
        hasNote={false}
      >
        <p>
          {decision === 'approved'
            ? `A promotion into ${environment} that waits is judged without it at once.`
            : `Nothing else stands against ${version} for your sake any more.`}
        </p>
      </NoteDialog>
    </>
  );
}
