import { groupDifferences } from '@towpath/core';
import { type ReactNode, useId } from 'react';
import { browserTimeZone } from '../../format/format-instant.ts';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { NameList } from '../../layout/name-list.tsx';
import { useNow } from '../../layout/use-now.ts';
import { describeWait } from '../promotion/describe-wait.ts';
import { GateList } from '../promotion/gate-list.tsx';
import { type PromotionDraft, useDifferences, usePlan } from './release-queries.ts';
import classes from './releases.module.css';

/** What would be touched, and what the gates would say if this person asked now. Changes nothing. */
export function PlanPreview({ draft }: { readonly draft: PromotionDraft }): ReactNode {
  const planned = usePlan(draft);
  const nowMs = useNow(30_000);
  if (planned.isPending) return <LoadingRows label="Asking the gates" />;
  if (!planned.data) return <ErrorFactsPanel error={planned.error} />;
  const { from, verdicts, askAgainAt, emergency } = planned.data;
  return (
    <div className={classes.preview}>
      <h3>If you asked now: {describeWait({ state: 'pending', verdicts, askAgainAt }, nowMs, browserTimeZone())}</h3>
      <p>
        <bdi>{draft.environment}</bdi> runs <bdi>{from?.version ?? 'no release'}</bdi>.
      </p>
      <Differences fromId={from?.id} releaseId={draft.releaseId} />
      <GateList verdicts={verdicts} skipped={emergency?.skipped} />
    </div>
  );
}

/** What it would get that it has not: code, datakits and variables as well as pipelines. */
function Differences({
  fromId,
  releaseId,
}: {
  readonly fromId: string | undefined;
  readonly releaseId: string;
}): ReactNode {
  const headingId = useId();
  const { data: found, error } = useDifferences(fromId, releaseId);
  if (error) return <ErrorFactsPanel error={error} />;
  if (!found) return null;
  const groups = groupDifferences(found.differences);
  if (groups.length === 0) return <p>Nothing that runs differs.</p>;
  return (
    <>
      <h4 id={headingId}>What changes</h4>
      <ul aria-labelledby={headingId}>
        {groups.map(({ title, names }) => (
          <li key={title}>
            {title}
            {names.length > 0 ? (
              <>
                : <NameList names={names} />
              </>
            ) : null}
          </li>
        ))}
        {found.leftOut > 0 ? <li>{found.leftOut} more</li> : null}
      </ul>
    </>
  );
}
