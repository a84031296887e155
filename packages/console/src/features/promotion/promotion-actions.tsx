import type { BoardRow, PromotionView, ReleaseName, ReleaseView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatAbortCommand, formatSignOffCommand } from '../../format/format-promotion-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { LinkButton } from '../../layout/link-button.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { useBoardRow } from '../board/board-queries.ts';
import { useEnvironmentKind } from '../environments/environment-queries.ts';
import type { Tenure } from './judge-tenure.ts';
import classes from './promotion.module.css';
import { useAbortPromotion, useGiveSignOff } from './promotion-queries.ts';
import { useMayPromote, useSignOffRight } from './promotion-rights.ts';
import { RetryButton } from './retry-button.tsx';
import { RollbackButton } from './rollback-button.tsx';

interface PromotionActionsProps {
  readonly promotion: PromotionView;
  readonly release: ReleaseView | undefined;
  readonly tenure: Tenure | undefined;
}

/** What the signed-in person may do about it, now. */
export function PromotionActions({ promotion, release, tenure }: PromotionActionsProps): ReactNode {
  const { state, environment } = promotion;
  const row = useBoardRow(environment);
  const goesBackFrom = findOrigin(promotion, tenure, row);
  const mayPromote = useMayPromote(environment);
  const isLive = state === 'pending' || state === 'running';
  return (
    <div className={classes.actions}>
      {state === 'pending' && promotion.kind === 'promotion' ? (
        <SignOffButtons promotion={promotion} author={release?.createdBy} />
      ) : null}
      {isLive && mayPromote ? <AbortButton promotion={promotion} /> : null}
      {goesBackFrom ? <RollbackButton environment={environment} from={goesBackFrom} /> : null}
      {state === 'errored' && mayPromote ? <RetryButton promotion={promotion} /> : null}
      {!isLive && state !== 'succeeded' && mayPromote && promotion.kind === 'promotion' ? (
        <AskAgain promotion={promotion} />
      ) : null}
    </div>
  );
}

/**
 * What the environment goes back from, where that is this promotion's release: what it runs, or what was applied there in part. A
 * rollback's own page offers no further way back, since there mostly is none; the page of its release does.
 */
function findOrigin(
  { kind, release }: PromotionView,
  tenure: Tenure | undefined,
  row: BoardRow | undefined,
): ReleaseName | undefined {
  if (row?.unfinishedDeploy) return row.unfinishedDeploy.id === release.id ? row.unfinishedDeploy : undefined;
  return kind === 'promotion' && tenure?.how === 'current' ? row?.deployment?.release : undefined;
}

function AskAgain({ promotion: { release, environment } }: { readonly promotion: PromotionView }): ReactNode {
  return (
    <LinkButton
      label="Promote again…"
      ariaLabel={`Promote again… ${release.version} to ${environment}`}
      link={{ to: '/releases/$releaseId', params: { releaseId: release.id }, search: { to: environment } }}
    />
  );
}

interface SignOffButtonsProps {
  readonly promotion: PromotionView;
  readonly author: string | undefined;
}

function SignOffButtons({ promotion, author }: SignOffButtonsProps): ReactNode {
  const { environment, requestedBy: initiator } = promotion;
  const isEmergency = promotion.emergency !== null;
  const { canApprove, canRefuse, why } = useSignOffRight({ environment, author, initiator, isEmergency });
  return (
    <>
      {canApprove ? <SignOffButton promotion={promotion} decision="approved" /> : null}
      {canRefuse ? <SignOffButton promotion={promotion} decision="refused" /> : null}
      {why ? <p className={classes.muted}>{why}</p> : null}
    </>
  );
}

const WORDS = {
  approved: { label: 'Sign off…', verb: 'Sign off', look: 'main', note: undefined },
  refused: { label: 'Refuse…', verb: 'Refuse', look: 'danger', note: 'Reason' },
} as const;

interface SignOffButtonProps {
  readonly promotion: PromotionView;
  readonly decision: keyof typeof WORDS;
}

function SignOffButton({ promotion: { release, environment }, decision }: SignOffButtonProps): ReactNode {
  const dialog = useDialog();
  const give = useGiveSignOff(release.id, environment);
  const isProduction = useEnvironmentKind(environment) === 'production';
  const { label, verb, look, note: noteName } = WORDS[decision];
  return (
    <>
      <ActionButton label={label} subject={`${release.version} for ${environment}`} look={look} onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`${verb} ${release.version} for ${environment}?`}
        confirmLabel={verb}
        {...(noteName ? { neededNote: noteName, isDangerous: true } : {})}
        typedName={isProduction ? environment : undefined}
        formatCommand={(note) => formatSignOffCommand(release.version, environment, { decision, note })}
        onConfirm={(note) => give.mutate({ decision, note }, { onSuccess: dialog.close })}
        isPending={give.isPending}
        error={give.error}
      >
        {decision === 'approved' ? (
          <p>
            You say that this very release may come into <strong>{environment}</strong>. When no other gate waits, it
            goes in at once. Your word expires, and you can take it back.
          </p>
        ) : (
          <p>
            You say that this release must not come into <strong>{environment}</strong>. Its promotion ends at once, and
            so does each new one until you take that back.
          </p>
        )}
      </NoteDialog>
    </>
  );
}

function AbortButton({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { id, environment, release, state } = promotion;
  const dialog = useDialog();
  const abort = useAbortPromotion(id);
  const isProduction = useEnvironmentKind(environment) === 'production';
  return (
    <>
      <ActionButton label="Abort…" subject={`${release.version} to ${environment}`} onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`Abort ${release.version} to ${environment}?`}
        confirmLabel="Abort the promotion"
        neededNote="Reason"
        typedName={isProduction ? environment : undefined}
        isDangerous
        formatCommand={(reason) => formatAbortCommand(environment, reason)}
        onConfirm={(reason = '') => abort.mutate(reason, { onSuccess: dialog.close })}
        isPending={abort.isPending}
        error={abort.error}
      >
        <p>
          <strong>{environment}</strong> keeps what it runs.
          {state === 'running' ? ' Agents that loaded the release already go back to it.' : ''} Sign-offs stay, and it
          can be promoted again.
        </p>
      </NoteDialog>
    </>
  );
}
