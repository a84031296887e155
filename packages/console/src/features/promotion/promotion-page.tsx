import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { PromotionView } from '@towpath/api';
import { isTerminalPromotionState } from '@towpath/core';
import { type ReactNode, useEffect } from 'react';
import { capitalize } from '../../format/capitalize.ts';
import { formatPageTitle } from '../../format/format-page-title.ts';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useEnvironmentKind } from '../environments/environment-queries.ts';
import { useRelease } from '../releases/release-queries.ts';
import { ChangesPanel } from './changes-panel.tsx';
import { DeployPlanPanel } from './deploy-plan-panel.tsx';
import { listMoments } from './describe-promotion.ts';
import { describeUnasked } from './describe-wait.ts';
import { EmergencyBanner } from './emergency-banner.tsx';
import { GateList } from './gate-list.tsx';
import { passesNoGate } from './passes-no-gate.ts';
import { PlanSteps } from './plan-steps.tsx';
import classes from './promotion.module.css';
import { PromotionActions } from './promotion-actions.tsx';
import { PromotionFacts } from './promotion-facts.tsx';
import { PromotionHead } from './promotion-head.tsx';
import { usePromotion, useSignOffs } from './promotion-queries.ts';
import { RefreshPanel } from './refresh-panel.tsx';
import { SignOffsPanel } from './sign-offs-panel.tsx';
import { Timeline } from './timeline.tsx';
import { useTenure } from './use-tenure.ts';

/** Why not now, and when? */
export function PromotionPage(): ReactNode {
  const { promotionId } = useParams({ from: '/framed/promotions/$promotionId' });
  const promotion = usePromotion(promotionId);
  if (promotion.isPending) return <LoadingRows label="Loading the promotion" />;
  if (!promotion.data)
    return (
      <ErrorPanel
        title="This promotion can't be shown"
        error={promotion.error}
        onRetry={() => void promotion.refetch()}
      />
    );
  return <LoadedPromotion promotion={promotion.data} />;
}

function LoadedPromotion({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { environment, release: named, kind, verdicts, emergency } = promotion;
  useEnvironmentInAddress(environment);
  const release = useRelease(named.id).data;
  const said = useSignOffs(named.id, environment).data;
  const tenure = useTenure(promotion);
  const signOffs = said ?? [];
  const environmentKind = useEnvironmentKind(environment) ?? 'shared';
  const page = `${named.version} to ${environment}`;
  return (
    <div className={classes.page}>
      <title>{formatPageTitle(page, { name: environment, kind: environmentKind })}</title>
      <EmergencyBanner promotion={promotion} />
      <PromotionHead promotion={promotion} tenure={tenure} />
      <PromotionActions promotion={promotion} release={release} tenure={tenure} />
      <PromotionFacts promotion={promotion} />
      <RefreshPanel promotion={promotion} />
      <div className={classes.columns}>
        <section className={classes.panel} aria-label="Why not now, or what the gates said">
          <h2>{promotion.state === 'pending' ? 'Why not now, and when' : 'Gates'}</h2>
          {kind === 'rollback' ? <p>{describeRollbackGates(promotion)}</p> : null}
          {kind === 'promotion' && verdicts.length === 0 ? <p>{capitalize(describeUnasked(promotion))}.</p> : null}
          <GateList
            verdicts={verdicts}
            skipped={emergency?.skipped}
            isOver={isTerminalPromotionState(promotion.state)}
          />
        </section>
        <div className={classes.side}>
          <section className={classes.panel} aria-label="Steps">
            <h2>Plan</h2>
            <PlanSteps promotion={promotion} />
          </section>
          {kind === 'promotion' ? (
            <SignOffsPanel
              isLoaded={said !== undefined}
              promotion={promotion}
              signOffs={signOffs}
              author={release?.createdBy}
            />
          ) : null}
          <Timeline moments={listMoments(promotion, signOffs)} />
        </div>
      </div>
      <DeployPlanPanel promotion={promotion} author={release?.createdBy} />
      <ChangesPanel promotion={promotion} release={release} />
    </div>
  );
}

function describeRollbackGates(promotion: PromotionView): string {
  return passesNoGate(promotion)
    ? 'A rollback passes no gate and no freeze.'
    : 'A rollback passes no freeze, and no gate but the plan of the deploy command.';
}

/** The frame wears the colour of the environment in the address: that of the promotion, however one came here. */
function useEnvironmentInAddress(environment: string): void {
  const { environment: named } = useSearch({ strict: false });
  const navigate = useNavigate();
  useEffect(() => {
    if (named !== environment)
      void navigate({ to: '.', search: (before) => ({ ...before, environment }), replace: true });
  }, [named, environment, navigate]);
}
