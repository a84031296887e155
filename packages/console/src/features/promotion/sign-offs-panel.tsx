import type { PromotionView, SignOffView } from '@towpath/api';
import type { Involved } from '@towpath/core';
import type { ReactNode } from 'react';
import { formatWithdrawCommand } from '../../format/format-promotion-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { Instant } from '../../layout/instant.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { DECISION_LOOKS } from '../../states/promotion-looks.ts';
import { LookIcon } from '../../states/state-icon.tsx';
import { useSession } from '../session/session-queries.ts';
import { cutAtEnd } from './cut-at-end.ts';
import { LiftButton } from './lift-button.tsx';
import { listMissing } from './list-missing.ts';
import classes from './promotion.module.css';
import { useWithdrawSignOff } from './promotion-queries.ts';
import { useWantedSignOffs } from './promotion-rights.ts';
import { SignOffStanding } from './sign-off-standing.tsx';

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
  const involved = { author, initiator: promotion.requestedBy };
  const said = cutAtEnd(promotion, signOffs);
  const { endedAt } = promotion;
  const missing = listMissing(wanted, { signOffs, nowMs: Date.now(), ...involved });
  return (
    <section className={classes.panel} aria-label="Sign-offs">
      <h2>Sign-offs</h2>
      {isLoaded && promotion.state === 'pending' && missing.length > 0 ? (
        <p>Missing: {missing.map(({ role, count }) => `${count} of role ${role}`).join(', ')}</p>
      ) : null}
      {isLoaded && said.length === 0 ? (
        <p className={classes.muted}>
          {endedAt === null
            ? 'Nobody has said anything about this release here.'
            : 'Nobody had said anything about this release here when this ended.'}
        </p>
      ) : null}
      <ul className={classes.words}>
        {said.map((signOff) => (
          <SignOff
            key={signOff.id}
            signOff={signOff}
            now={signOffs.find(({ id }) => id === signOff.id) ?? signOff}
            promotion={promotion}
            involved={involved}
          />
        ))}
      </ul>
    </section>
  );
}

interface SignOffProps {
  /** As it stood when the promotion ended, or stands now. */
  readonly signOff: SignOffView;
  /** As it stands now: what can be taken back still. */
  readonly now: SignOffView;
  readonly promotion: PromotionView;
  readonly involved: Involved;
}

function SignOff({ signOff, now, promotion, involved }: SignOffProps): ReactNode {
  const { person, role, decision, note, givenAt, withdrawnAt, accessRevokedAt } = signOff;
  const { endedAt, release } = promotion;
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
          <SignOffStanding
            signOff={signOff}
            isBackSince={withdrawnAt === null && now.withdrawnAt !== null}
            involved={involved}
            endedAt={endedAt}
          />
        </p>
      </div>
      {isOwn && now.withdrawnAt === null ? <WithdrawButton signOff={now} version={release.version} /> : null}
      <LiftButton signOff={now} version={release.version} author={involved.author} />
    </li>
  );
}

function WithdrawButton({ signOff, version }: { readonly signOff: SignOffView; readonly version: string }): ReactNode {
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
