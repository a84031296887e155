import type { ReleaseName } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatRollbackCommand } from '../../format/format-promotion-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { useEnvironmentKind } from '../environments/environment-queries.ts';
import { useRollBack } from './promotion-queries.ts';
import { useMayPromote } from './promotion-rights.ts';
import { useShowPromotion } from './use-show-promotion.ts';

interface RollbackButtonProps {
  readonly environment: string;
  /** What it runs, or what was applied there in part. */
  readonly from: ReleaseName;
}

/** The way back: one action, also in a freeze. */
export function RollbackButton({ environment, from }: RollbackButtonProps): ReactNode {
  const dialog = useDialog();
  const rollBack = useRollBack(environment, from.id);
  const show = useShowPromotion();
  const isProduction = useEnvironmentKind(environment) === 'production';
  if (!useMayPromote(environment)) return null;
  return (
    <>
      <ActionButton label="Roll back…" subject={`${environment} from ${from.version}`} onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`Roll ${environment} back from ${from.version}?`}
        confirmLabel="Roll back"
        neededNote="Reason"
        typedName={isProduction ? environment : undefined}
        isDangerous
        formatCommand={(reason) => formatRollbackCommand(environment, from.version, reason)}
        onConfirm={(reason = '') =>
          rollBack.mutate(reason, {
            onSuccess: (rollback) => {
              dialog.close();
              show(rollback);
            },
          })
        }
        isPending={rollBack.isPending}
        error={rollBack.error}
      >
        <p>
          <strong>{environment}</strong> goes back to the release it ran before, of those that were not rolled back from
          and that nobody refuses. No freeze is asked, and no gate but that of deploy plans; a promotion that waits or
          runs there ends. Runs that were planned keep their code; <strong>data stays as it is</strong>.
        </p>
      </NoteDialog>
    </>
  );
}
