import type { ReleaseView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { formatCount } from '../../format/format-count.ts';
import { formatPageTitle } from '../../format/format-page-title.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Headline } from '../../layout/headline.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useBoard } from '../board/board-queries.ts';
import { usePromotions } from '../promotion/promotion-queries.ts';
import { PromotionTable } from './promotion-table.tsx';
import { useReleases } from './release-queries.ts';
import { ReleaseTable } from './release-table.tsx';
import classes from './releases.module.css';

/** What was recorded, and where is it? Below it what was promoted. */
export function ReleasesPage(): ReactNode {
  const releases = useReleases();
  return (
    <>
      <title>{formatPageTitle('Releases', undefined)}</title>
      {releases.isPending ? <LoadingRows label="Loading releases" /> : null}
      {releases.error && !releases.data ? (
        <ErrorPanel
          title="The releases can't be shown"
          error={releases.error}
          onRetry={() => void releases.refetch()}
        />
      ) : null}
      {releases.data ? releases.data.length > 0 ? <Loaded releases={releases.data} /> : <NoReleases /> : null}
    </>
  );
}

function Loaded({ releases }: { readonly releases: readonly ReleaseView[] }): ReactNode {
  const rows = useBoard().data?.rows ?? [];
  const promotions = usePromotions().data ?? [];
  const running = new Set(rows.flatMap(({ deployment }) => (deployment ? [deployment.release.id] : [])));
  return (
    <div className={classes.page}>
      <Headline>
        {formatCount(releases.length, 'release')}, {running.size} of them {running.size === 1 ? 'runs' : 'run'}{' '}
        somewhere
      </Headline>
      <ReleaseTable releases={releases} rows={rows} />
      <h2 className={classes.title}>Promotions and rollbacks</h2>
      {promotions.length > 0 ? (
        <PromotionTable promotions={promotions} />
      ) : (
        <EmptyState title="Nothing was promoted yet">
          <CommandLine command={formatCommand('promote v1.0.0 --to int')} />
        </EmptyState>
      )}
    </div>
  );
}

function NoReleases(): ReactNode {
  return (
    <div className={classes.page}>
      <Headline>No release yet</Headline>
      <EmptyState title="Record the first one">
        <p>
          In the project, committed, with a section for the version in <code>CHANGELOG.md</code>:
        </p>
        <CommandLine command={formatCommand('release create v1.0.0')} />
      </EmptyState>
    </div>
  );
}
