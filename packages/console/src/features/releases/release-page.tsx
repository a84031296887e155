import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { ReleaseView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatPageTitle } from '../../format/format-page-title.ts';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Headline } from '../../layout/headline.tsx';
import { Instant } from '../../layout/instant.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { Prose } from '../../layout/prose.tsx';
import { useBoard } from '../board/board-queries.ts';
import { usePromotions } from '../promotion/promotion-queries.ts';
import { useMayPromote } from '../promotion/promotion-rights.ts';
import { ComparePanel } from './compare-panel.tsx';
import { PlacesPanel } from './places-panel.tsx';
import { PromoteForm } from './promote-form.tsx';
import { ReleaseBill } from './release-bill.tsx';
import { useRelease } from './release-queries.ts';
import classes from './releases.module.css';
import { describePlaces, findPlaces } from './where-it-is.ts';

/** What is in it, where is it? */
export function ReleasePage(): ReactNode {
  const { releaseId } = useParams({ from: '/framed/releases/$releaseId' });
  const release = useRelease(releaseId);
  if (release.isPending) return <LoadingRows label="Loading the release" />;
  if (!release.data)
    return (
      <ErrorPanel title="This release can't be shown" error={release.error} onRetry={() => void release.refetch()} />
    );
  return <LoadedRelease release={release.data} />;
}

function LoadedRelease({ release }: { readonly release: ReleaseView }): ReactNode {
  const { to, with: otherId } = useSearch({ from: '/framed/releases/$releaseId' });
  const rows = useBoard().data?.rows ?? [];
  const promotions = usePromotions().data ?? [];
  const places = findPlaces({ releaseId: release.id, project: release.project, rows, promotions });
  const target = places.find(({ row }) => row.environment === to)?.row.environment;
  return (
    <div className={classes.page}>
      <title>{formatPageTitle(release.version, undefined)}</title>
      <header className={classes.head}>
        <p>
          <Link to="/releases">Releases</Link> <span aria-hidden="true">/</span> <bdi>{release.project}</bdi>{' '}
          <bdi>{release.version}</bdi>
        </p>
        <Headline>{describePlaces(release.version, places)}</Headline>
        <p className={classes.muted}>
          Recorded <Instant at={release.createdAt} /> by <bdi>{release.createdBy}</bdi> from{' '}
          <bdi>{release.createdFrom}</bdi>
        </p>
      </header>
      {target ? <AskedPromotion release={release} environment={target} /> : null}
      <PlacesPanel release={release} places={places} />
      <section className={classes.panel} aria-label="Changelog">
        <h2>Changelog</h2>
        <Prose text={release.changelog} />
      </section>
      <ComparePanel release={release} otherId={otherId} />
      <ReleaseBill release={release} />
    </div>
  );
}

function AskedPromotion({ release, environment }: { readonly release: ReleaseView; readonly environment: string }) {
  // A link with `to` may have been sent to somebody who may not promote there.
  return useMayPromote(environment) ? (
    <PromoteForm key={environment} release={release} environment={environment} />
  ) : null;
}
