import { Link } from '@tanstack/react-router';
import type { BoardRow, ReleaseName } from '@towpath/api';
import type { ReactNode } from 'react';
import { browserTimeZone } from '../../format/format-instant.ts';
import { Elapsed } from '../../layout/instant.tsx';
import { useNow } from '../../layout/use-now.ts';
import { lookOf } from '../../states/promotion-looks.ts';
import { LookIcon, StateIcon } from '../../states/state-icon.tsx';
import { describeWait } from '../promotion/describe-wait.ts';
import { useMayPromote } from '../promotion/promotion-rights.ts';
import classes from './board.module.css';
import { listDrift } from './describe-board.ts';
import { RunDots } from './run-dots.tsx';

interface EnvironmentCellProps {
  readonly row: BoardRow;
  /** The environment before it; undefined for the first. */
  readonly before: BoardRow | undefined;
}

/** What an environment runs, since when, how it goes, what waits to come in, and where it drifts. */
export function EnvironmentCell({ row, before }: EnvironmentCellProps): ReactNode {
  return (
    <td className={classes.environment} data-kind={row.kind}>
      <p className={classes.where}>
        <Link to="/environment" search={{ environment: row.environment }} className="name">
          {row.environment}
        </Link>
        {row.kind === 'production' ? <span className={classes.kind}>production</span> : null}
      </p>
      <Deployed row={row} />
      <OnItsWay row={row} />
      {row.promotion === null && before?.deployment ? <Next row={row} release={before.deployment.release} /> : null}
      <Drift row={row} />
    </td>
  );
}

function Deployed({ row }: { readonly row: BoardRow }): ReactNode {
  const { environment, deployment } = row;
  if (deployment === null) return <p className={classes.muted}>no release; the working tree of its agents</p>;
  const { release, since } = deployment;
  return (
    <p className={classes.deployed}>
      <Link
        to="/releases/$releaseId"
        params={{ releaseId: release.id }}
        search={{ environment }}
        className={classes.version}
      >
        <bdi>{release.version}</bdi>
      </Link>
      <span className={classes.muted}>
        for <Elapsed since={since} />
      </span>
      <LastRuns row={row} version={release.version} />
    </p>
  );
}

function LastRuns({
  row: { lastRuns, areOfRelease },
  version,
}: {
  readonly row: BoardRow;
  readonly version: string;
}): ReactNode {
  return (
    <>
      {lastRuns.length > 0 ? <RunDots states={lastRuns} areOfRelease={areOfRelease} version={version} /> : null}
      {areOfRelease.includes(true) ? null : <span className={classes.muted}>not run with it yet</span>}
    </>
  );
}

function OnItsWay({ row: { environment, promotion } }: { readonly row: BoardRow }): ReactNode {
  const nowMs = useNow(30_000);
  if (promotion === null) return null;
  const { id, release, emergency } = promotion;
  const look = lookOf(promotion);
  return (
    <p className={classes.waiting} data-emergency={emergency ? true : undefined}>
      <LookIcon look={look} size={14} />
      <span>
        {emergency ? <strong className={classes.emergency}>EMERGENCY </strong> : null}
        <Link to="/promotions/$promotionId" params={{ promotionId: id }} search={{ environment }} data-row>
          <bdi>{release.version}</bdi> {look.word.toLowerCase()}
        </Link>
        : {describeWait(promotion, nowMs, browserTimeZone())}
      </span>
    </p>
  );
}

/** What the environment before has and this one has not: where one may, it can be promoted. */
function Next({
  row: { environment, deployment },
  release,
}: {
  readonly row: BoardRow;
  readonly release: ReleaseName;
}) {
  const mayPromote = useMayPromote(environment);
  if (!mayPromote || deployment?.release.id === release.id) return null;
  return (
    <p>
      <Link to="/releases/$releaseId" params={{ releaseId: release.id }} search={{ environment, to: environment }}>
        Promote <bdi>{release.version}</bdi> to <bdi>{environment}</bdi>…
      </Link>
    </p>
  );
}

function Drift({ row }: { readonly row: BoardRow }): ReactNode {
  const drift = listDrift(row);
  if (drift.length === 0 && row.agents.length > 0) return null;
  return (
    <ul className={classes.drift}>
      {row.agents.length === 0 ? (
        <li>
          <StateIcon state="uncertain" size={13} /> <span>no agent is live</span>
        </li>
      ) : null}
      {drift.map((line) => (
        <li key={line} data-tone="bad">
          <StateIcon state="uncertain" size={13} />
          <span>
            drift: <span className="name">{line}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
