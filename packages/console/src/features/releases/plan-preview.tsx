import type { ReactNode } from 'react';
import { browserTimeZone } from '../../format/format-instant.ts';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { NameList } from '../../layout/name-list.tsx';
import { useNow } from '../../layout/use-now.ts';
import { describeWait } from '../promotion/describe-wait.ts';
import { GateList } from '../promotion/gate-list.tsx';
import { type PromotionDraft, usePlan } from './release-queries.ts';
import classes from './releases.module.css';

/** What would be touched, and what the gates would say if this person asked now. Changes nothing. */
export function PlanPreview({ draft }: { readonly draft: PromotionDraft }): ReactNode {
  const planned = usePlan(draft);
  const nowMs = useNow(30_000);
  if (planned.isPending) return <LoadingRows label="Asking the gates" />;
  if (!planned.data) return <ErrorFactsPanel error={planned.error} />;
  const { plan, from, verdicts, askAgainAt, emergency } = planned.data;
  const { added, changed, removed } = plan.pipelines;
  const touched = [...added, ...changed, ...removed];
  return (
    <div className={classes.preview}>
      <h3>If you asked now: {describeWait({ state: 'pending', verdicts, askAgainAt }, nowMs, browserTimeZone())}</h3>
      <p>
        <bdi>{draft.environment}</bdi> runs <bdi>{from?.version ?? 'no release'}</bdi>.{' '}
        {touched.length > 0 ? (
          <>
            Pipelines that come, change or go: <NameList names={touched} />
          </>
        ) : (
          'No pipeline changes.'
        )}
      </p>
      <GateList verdicts={verdicts} skipped={emergency?.skipped} />
    </div>
  );
}
