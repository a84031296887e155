import type { SignOffView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatLiftRefusalCommand } from '../../format/format-promotion-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { useAccessIn, useSession } from '../session/session-queries.ts';
import { useLiftRefusal } from './promotion-queries.ts';

interface LiftButtonProps {
  readonly signOff: SignOffView;
  readonly version: string;
  /** Who recorded the release; undefined while that is unknown. */
  readonly author: string | undefined;
}

/** Lifts the refusal of somebody who has left; shown to whom the server lets. */
export function LiftButton({ signOff, version, author }: LiftButtonProps): ReactNode {
  const { id, environment, person, decision, withdrawnAt, accessRevokedAt } = signOff;
  const dialog = useDialog();
  const lift = useLiftRefusal(id);
  const name = useSession().data?.name;
  const { canSignOff } = useAccessIn(environment);
  if (decision !== 'refused' || withdrawnAt !== null || accessRevokedAt === null) return null;
  if (!canSignOff || author === undefined || author === name) return null;
  return (
    <>
      <ActionButton label="Lift…" subject={`the refusal of ${person}`} onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`Lift the refusal of ${version} for ${environment} by ${person}?`}
        confirmLabel="Lift it"
        neededNote="Reason"
        formatCommand={(reason) => formatLiftRefusalCommand({ version, environment, person }, reason)}
        onConfirm={(reason = '') => lift.mutate(reason, { onSuccess: dialog.close })}
        isPending={lift.isPending}
        error={lift.error}
      >
        <p>
          <bdi>{person}</bdi> can take it back no more. Your name and your reason stand beside it from now on, here and
          in the audit; <strong>{version}</strong> may be promoted into <strong>{environment}</strong> again.
        </p>
      </NoteDialog>
    </>
  );
}
