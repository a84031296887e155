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
import { listMissing } from './list-missing.ts';
import classes from './promotion.module.css';
import { useWithdrawSignOff } from './promotion-queries.ts';
import { useWantedSignOffs } from './promotion-rights.ts';

interface SignOffsPanelProps {
  readonly promotion: PromotionView;
  readonly signOffs: readonly SignOffView[];
}

/** Who said what of this release for this environment, and whose word is missing. */
export function SignOffsPanel({ promotion, signOffs }: SignOffsPanelProps): ReactNode {
  const wanted = useWantedSignOffs(promotion.environment, promotion.emergency !== null) ?? {};
  const missing = listMissing(wanted, signOffs, Date.now());
  return (
    <section className={classes.panel} aria-label="Sign-offs">
      <h2>Sign-offs</h2>
      {promotion.state === 'pending' && missing.length > 0 ? (
        <p>Missing: {missing.map(({ role, count }) => `${count} of role ${role}`).join(', ')}</p>
      ) : null}
      {signOffs.length === 0 ? (
        <p className={classes.muted}>Nobody has said anything about this release here.</p>
      ) : null}
      <ul className={classes.words}>
        {signOffs.map((signOff) => (
          <SignOff key={signOff.id} signOff={signOff} version={promotion.release.version} />
        ))}
      </ul>
    </section>
  );
}

interface SignOffProps {
  readonly signOff: SignOffView;
  readonly version: string;
}

function SignOff({ signOff, version }: SignOffProps): ReactNode {
  const { person, role, decision, note, givenAt, expiresAt, withdrawnAt } = signOff;
  const isOwn = useSession().data?.name === person;
  const isApproved = decision === 'approved';
  return (
    <li data-gone={withdrawnAt ? true : undefined}>
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
          {withdrawnAt ? (
            <>
              Withdrawn <Instant at={withdrawnAt} />
            </>
          ) : (
            <>
              Counts until <Instant at={expiresAt} isExact />
            </>
          )}
        </p>
      </div>
      {isOwn && withdrawnAt === null ? <WithdrawButton signOff={signOff} version={version} /> : null}
    </li>
  );
}

function WithdrawButton({ signOff, version }: SignOffProps): ReactNode {
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
