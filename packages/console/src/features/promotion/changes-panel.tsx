import { Link } from '@tanstack/react-router';
import type { PromotionView, ReleaseView } from '@towpath/api';
import type { ReactNode } from 'react';
import { NameList } from '../../layout/name-list.tsx';
import { Prose } from '../../layout/prose.tsx';
import { useBoardRow } from '../board/board-queries.ts';
import { DifferenceTable } from '../releases/difference-table.tsx';
import { useRelease } from '../releases/release-queries.ts';
import classes from './promotion.module.css';

interface ChangesPanelProps {
  readonly promotion: PromotionView;
  readonly release: ReleaseView | undefined;
}

/** What the environment gets that it has not: against what it runs, while the promotion lives, or against what was left. */
export function ChangesPanel({ promotion, release }: ChangesPanelProps): ReactNode {
  const { state, environment, rollsBackFrom } = promotion;
  const deployed = useBoardRow(environment)?.deployment?.release.id;
  const isLive = state === 'pending' || state === 'running';
  const before = useRelease(rollsBackFrom?.id ?? (isLive ? deployed : undefined)).data;
  return (
    <section className={classes.panel} aria-label="What changes">
      <h2>What changes</h2>
      {before && release ? (
        <>
          <p>
            Against <bdi>{before.version}</bdi>,{' '}
            {rollsBackFrom ? (
              'which was left'
            ) : (
              <>
                which <bdi>{environment}</bdi> runs
              </>
            )}
            ;{' '}
            <Link to="/releases/$releaseId" params={{ releaseId: release.id }} search={{ with: before.id }}>
              side by side
            </Link>
          </p>
          <DifferenceTable before={before} after={release} />
        </>
      ) : (
        <PipelineChanges promotion={promotion} />
      )}
      {release ? <Changelog text={release.changelog} /> : null}
    </section>
  );
}

function PipelineChanges({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { added, changed, removed } = promotion.plan.pipelines;
  const groups = [
    { how: 'come', names: added },
    { how: 'change', names: changed },
    { how: 'go', names: removed },
  ].filter(({ names }) => names.length > 0);
  if (groups.length === 0) return <p>No pipeline changes.</p>;
  return groups.map(({ how, names }) => (
    <p key={how}>
      Pipelines that {how}: <NameList names={names} />
    </p>
  ));
}

function Changelog({ text }: { readonly text: string }): ReactNode {
  return (
    <details open>
      <summary>Changelog</summary>
      <div className={classes.changelog}>
        <Prose text={text} />
      </div>
    </details>
  );
}
