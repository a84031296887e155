import { Link } from '@tanstack/react-router';
import type { BoardPipeline, BoardRow } from '@towpath/api';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import classes from './board.module.css';
import { newestWord, RunDots } from './run-dots.tsx';

interface PipelineCellProps {
  readonly row: BoardRow;
  readonly pipeline: string;
  /** Undefined: it is not in what the environment runs. */
  readonly cell: BoardPipeline | undefined;
}

/** A pipeline in an environment: of which release it is, how its last runs went, and whether what waits would change it. */
export function PipelineCell({ row, pipeline, cell }: PipelineCellProps): ReactNode {
  const change = findChange(row, pipeline);
  return (
    <td className={classes.cell}>
      <span className={classes.muted}>
        <bdi>{row.environment}</bdi> · <bdi>{row.deployment?.release.version ?? 'working tree'}</bdi>
      </span>
      {cell ? (
        <LastRuns cell={cell} version={row.deployment?.release.version} />
      ) : (
        <span className={classes.muted}>not there</span>
      )}
      {change ? <span className={classes.change}>{change}</span> : null}
    </td>
  );
}

interface LastRunsProps {
  readonly cell: BoardPipeline;
  /** What runs there; undefined: no release. */
  readonly version: string | undefined;
}

function LastRuns({ cell, version }: LastRunsProps): ReactNode {
  const { environment, lastRuns, areOfRelease, newestRun } = cell;
  if (newestRun === null) return <span className={classes.muted}>Never run</span>;
  return (
    <span className={classes.last}>
      <RunDots states={lastRuns} areOfRelease={areOfRelease} version={version} />
      <Link to="/runs/$runId" params={{ runId: newestRun.id }} search={{ environment }}>
        {newestWord(lastRuns)} <Instant at={newestRun.at} />
      </Link>
    </span>
  );
}

function findChange({ promotion }: BoardRow, pipeline: string): string | undefined {
  if (promotion === null) return undefined;
  const { added, changed, removed } = promotion.plan.pipelines;
  const { version } = promotion.release;
  if (added.includes(pipeline)) return `comes with ${version}`;
  if (changed.includes(pipeline)) return `changes with ${version}`;
  return removed.includes(pipeline) ? `goes with ${version}` : undefined;
}
