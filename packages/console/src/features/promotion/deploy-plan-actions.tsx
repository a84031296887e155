import type { DeployPlanView, PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatSignPlanCommand } from '../../format/format-promotion-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { useEnvironmentKind } from '../environments/environment-queries.ts';
import { useSignDeployPlan } from './deploy-plan-queries.ts';
import classes from './promotion.module.css';
import { useDeployPlanRight } from './promotion-rights.ts';

interface DeployPlanActionsProps {
  readonly promotion: PromotionView;
  readonly plan: DeployPlanView;
  readonly author: string | undefined;
}

/** Approve or refuse this very plan, for whom the policy lets. */
export function DeployPlanActions({ promotion, plan, author }: DeployPlanActionsProps): ReactNode {
  const { environment, requestedBy: initiator } = promotion;
  const { canApprove, canRefuse, why } = useDeployPlanRight({ environment, author, initiator });
  const { sha256 } = plan;
  if (sha256 === null || plan.withdrawnAt !== null) return null;
  return (
    <div className={classes.actions}>
      {canApprove ? <SignPlanButton promotion={promotion} sha256={sha256} decision="approved" /> : null}
      {canRefuse ? <SignPlanButton promotion={promotion} sha256={sha256} decision="refused" /> : null}
      {why ? <p className={classes.muted}>{why}</p> : null}
    </div>
  );
}

const WORDS = {
  approved: { label: 'Approve plan…', verb: 'Approve', look: 'main', note: undefined },
  refused: { label: 'Refuse plan…', verb: 'Refuse', look: 'danger', note: 'Reason' },
} as const;

interface SignPlanButtonProps {
  readonly promotion: PromotionView;
  readonly sha256: string;
  readonly decision: keyof typeof WORDS;
}

function SignPlanButton({ promotion, sha256, decision }: SignPlanButtonProps): ReactNode {
  const { release, environment, id: promotionId } = promotion;
  const dialog = useDialog();
  const sign = useSignDeployPlan({ promotionId });
  const isProduction = useEnvironmentKind(environment) === 'production';
  const { label, verb, look, note: noteName } = WORDS[decision];
  const short = sha256.slice(0, 12);
  return (
    <>
      <ActionButton label={label} subject={`${short} for ${environment}`} look={look} onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`${verb} plan ${short} for ${environment}?`}
        confirmLabel={verb}
        {...(noteName ? { neededNote: noteName, isDangerous: true } : {})}
        typedName={isProduction ? environment : undefined}
        formatCommand={(note) => formatSignPlanCommand(release.version, environment, { sha256: short, decision, note })}
        onConfirm={(note) => sign.mutate({ sha256, decision, note }, { onSuccess: dialog.close })}
        isPending={sign.isPending}
        error={sign.error}
      >
        {decision === 'approved' ? (
          <p>
            The plan file with this hash, and no other, may be applied to <strong>{environment}</strong>. When no other
            gate waits, that happens at once. A plan that takes its place begins without approvals.
          </p>
        ) : (
          <p>
            What waits for <strong>{environment}</strong> ends at once, and nothing is applied.
          </p>
        )}
      </NoteDialog>
    </>
  );
}
