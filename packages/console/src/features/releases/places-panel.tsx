import { Link } from '@tanstack/react-router';
import type { ReleaseView } from '@towpath/api';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import { LinkButton } from '../../layout/link-button.tsx';
import { lookOf } from '../../states/promotion-looks.ts';
import { LookBadge } from '../../states/state-badge.tsx';
import { useMayPromote } from '../promotion/promotion-rights.ts';
import { RollbackButton } from '../promotion/rollback-button.tsx';
import classes from './releases.module.css';
import type { Place } from './where-it-is.ts';

interface PlacesPanelProps {
  readonly release: ReleaseView;
  readonly places: readonly Place[];
}

/** Where the release is, and what one may do about it there. */
export function PlacesPanel({ release, places }: PlacesPanelProps): ReactNode {
  return (
    <section className={classes.panel} aria-label="Where it is">
      <h2>Where it is</h2>
      <ul className={classes.places}>
        {places.map((place) => (
          <PlaceLine key={place.row.environment} place={place} release={release} />
        ))}
      </ul>
    </section>
  );
}

function PlaceLine({ place: { row, how, last }, release }: { readonly place: Place; readonly release: ReleaseView }) {
  const { environment, deployment, kind } = row;
  const mayPromote = useMayPromote(environment);
  return (
    <li>
      <strong data-kind={kind}>
        <bdi>{environment}</bdi>
      </strong>
      <span>
        {how === 'here' && deployment ? (
          <>
            runs it since <Instant at={deployment.since} />
          </>
        ) : deployment ? (
          <>
            runs <bdi>{deployment.release.version}</bdi>
          </>
        ) : (
          'runs no release'
        )}
      </span>
      {last ? (
        <Link to="/promotions/$promotionId" params={{ promotionId: last.id }} search={{ environment }}>
          <LookBadge look={lookOf(last)} /> <Instant at={last.requestedAt} />
        </Link>
      ) : (
        <span className={classes.muted}>never promoted here</span>
      )}
      {how === 'here' && deployment ? <RollbackButton environment={environment} from={deployment.release} /> : null}
      {(how === 'not' || how === 'was') && mayPromote ? (
        <LinkButton
          label="Promote…"
          ariaLabel={`Promote… ${release.version} to ${environment}`}
          link={{ to: '/releases/$releaseId', params: { releaseId: release.id }, search: { to: environment } }}
        />
      ) : null}
    </li>
  );
}
