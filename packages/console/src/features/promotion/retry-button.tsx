import type { PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatRetryCommand } from '../../format/format-promotion-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { useEnvironmentKind } from '../environments/environment-queries.ts';
import { useRetryPromotion } from './promotion-queries.ts';
import { useShowPromotion } from './use-show-promotion.ts';

/** Asks again for what failed technically: no gate said no. */
export function RetryButton({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { id, environment, release } = promotion;
  const dialog = useDialog();
  const retry = useRetryPromotion(id);
  const show = useShowPromotion();
  const isProduction = useEnvironmentKind(environment) === 'production';
  return (
    <>
      <ActionButton label="Retry…" subject={`${release.version} to ${environment}`} look="main" onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`Retry ${release.version} to ${environment}?`}
        confirmLabel="Retry"
        typedName={isProduction ? environment : undefined}
        formatCommand={() => formatRetryCommand(environment)}
        onConfirm={() =>
          retry.mutate(undefined, {
            onSuccess: (retried) => {
              dialog.close();
              show(retried);
            },
          })
        }
        isPending={retry.isPending}
        error={retry.error}
        hasNote={false}
      >
        <p>
          The same release, plan and emergency once more, in your name. Its gates are asked anew, and agents of{' '}
          <strong>{environment}</strong> load it again.
        </p>
      </NoteDialog>
    </>
  );
}
