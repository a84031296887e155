import type { ReleaseName } from '@towpath/api';
import { type ReactNode, useState } from 'react';
import { formatRollbackCommand } from '../../format/format-promotion-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { useEnvironmentKind } from '../environments/environment-queries.ts';
import { useRelease } from '../releases/release-queries.ts';
import { ImpactTable } from './impact-table.tsx';
import { useRollBack, useWayBack } from './promotion-queries.ts';
import { useMayPromote } from './promotion-rights.ts';
import { RefreshChoice, type RefreshDraft } from './refresh-choice.tsx';
import { useShowPromotion } from './use-show-promotion.ts';

interface RollbackButtonProps {
  readonly environment: string;
  /** What it runs, or what was applied there in part. */
  readonly from: ReleaseName;
}

const NOTHING: RefreshDraft = { models: [] };

/** The way back: one action, also in a freeze. */
export function RollbackButton({ environment, from }: RollbackButtonProps): ReactNode {
  const dialog = useDialog();
  const [draft, setDraft] = useState(NOTHING);
  const rollBack = useRollBack(environment, from.id);
  const show = useShowPromotion();
  const isProduction = useEnvironmentKind(environment) === 'production';
  if (!useMayPromote(environment)) return null;
  const fullRefresh = draft.models.length > 0 ? draft : undefined;
  const open = (): void => {
    setDraft(NOTHING);
    // The one before, which ended well, is another question.
    rollBack.reset();
    dialog.open();
  };
  const carryOut = async (reason: string): Promise<void> => {
    // Awaited: the environment may be back before the answer is here, and this button is gone then.
    const rollback = await rollBack.mutateAsync({ reason, fullRefresh }).catch(() => undefined);
    if (rollback === undefined) return;
    dialog.close();
    show(rollback);
  };
  return (
    <>
      <ActionButton label="Roll back…" subject={`${environment} from ${from.version}`} onClick={open} />
      <NoteDialog
        {...dialog.props}
        title={`Roll ${environment} back from ${from.version}?`}
        confirmLabel="Roll back"
        neededNote="Reason"
        typedName={isProduction ? environment : undefined}
        isDangerous
        formatCommand={(reason) => formatRollbackCommand(environment, from.version, reason, fullRefresh)}
        onConfirm={(reason = '') => void carryOut(reason)}
        isPending={rollBack.isPending}
        error={rollBack.error}
      >
        <Question
          {...{ environment, from, draft }}
          isOpen={!rollBack.isPending && !rollBack.isSuccess}
          onChange={setDraft}
        />
      </NoteDialog>
    </>
  );
}

interface QuestionProps extends RollbackButtonProps {
  readonly draft: RefreshDraft;
  /** Nothing was asked for yet. */
  readonly isOpen: boolean;
  readonly onChange: (draft: RefreshDraft) => void;
}

/** Where it leads, what it touches, and what to make anew. */
function Question({ environment, from, draft, isOpen, onChange }: QuestionProps): ReactNode {
  const { data: way, error } = useWayBack(environment, from.id, isOpen);
  const [before, after] = [useRelease(way?.from.id).data, useRelease(way?.to.id).data];
  // There may be none: then nobody types a reason first.
  if (error) return <ErrorFactsPanel error={error} />;
  return (
    <>
      <p>
        <strong>{environment}</strong> goes back to{' '}
        {after ? <strong>{after.version}</strong> : 'the release it ran before'}, the last of those that were not rolled
        back from and that nobody refuses. No freeze is asked, and no gate but that of deploy plans; a promotion that
        waits or runs there ends. Runs that were planned keep their code; <strong>data stays as it is</strong>, but for
        what is made anew.
      </p>
      {way && before && after ? (
        <>
          <ImpactTable from={before} to={after} />
          <RefreshChoice to={after} pipelines={way.refreshPipelines} draft={draft} onChange={onChange} />
        </>
      ) : null}
    </>
  );
}
