import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { isTerminalRunState } from '@towpath/core';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react';
import { formatCount } from '../../format/format-count.ts';
import { formatDuration } from '../../format/format-duration.ts';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useNow } from '../../layout/use-now.ts';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import classes from './grid.module.css';
import { type GridRuns, useGridRuns } from './grid-queries.ts';
import { GridTask } from './grid-task.tsx';
import { moveFocus } from './move-focus.ts';
import { type GridColumn, toColumns, toRows } from './to-grid.ts';

interface RunGridProps {
  readonly environment: string;
  readonly pipeline: string;
}

/** The last runs of a pipeline beside each other, task by task: what fails again and again, what became slow. */
export function RunGrid({ environment, pipeline }: RunGridProps): ReactNode {
  const grid = useGridRuns(environment, pipeline);
  const { list, runs } = grid;
  return (
    <section className={classes.panel} aria-label="Runs and tasks">
      <h2>
        Runs and tasks <span className={classes.muted}>{runs.length > 0 ? describeScope(runs.length) : ''}</span>
      </h2>
      {list.isPending ? <LoadingRows label="Loading the grid" /> : null}
      {list.isError && !list.data ? <ErrorPanel error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data?.length === 0 ? <p className={classes.muted}>It has not run here yet.</p> : null}
      {runs.length > 0 ? <Grid grid={grid} /> : null}
    </section>
  );
}

const ROW_PX = 30;

function Grid({ grid: { runs, details } }: { readonly grid: GridRuns }): ReactNode {
  const isMoving = runs.some(({ state }) => !isTerminalRunState(state));
  const nowMs = useNow(isMoving ? 1000 : null);
  const columns = toColumns(runs, nowMs);
  const rows = toRows(details, nowMs);
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  // The newest run is what one looks for; on a phone the columns are wider than the window.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new column calls for it
  useLayoutEffect(() => {
    // Not returned: newer browsers give a promise, which an effect must not.
    if (box.current) box.current.scrollLeft = box.current.scrollWidth;
  }, [columns.length]);
  const style: CSSProperties & Record<'--columns', number> = { '--columns': columns.length };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (moveFocus(event.currentTarget, event.key)) event.preventDefault();
  };
  return (
    <div ref={box} className={classes.box} style={style} aria-busy={details.includes(undefined) || undefined}>
      {/* biome-ignore lint/a11y/useSemanticElements: virtual rows are laid out by hand, which a table element does not take */}
      <div
        role="table"
        aria-label="Runs and tasks"
        aria-rowcount={rows.length + 1}
        onKeyDown={onKeyDown}
        className={classes.table}
      >
        <GridHead columns={columns} />
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return row ? <GridTask key={row.taskId} row={row} runs={runs} index={index} offsetPx={start} /> : null;
          })}
        </div>
      </div>
    </div>
  );
}

function GridHead({ columns }: { readonly columns: readonly GridColumn[] }): ReactNode {
  const longest = columns.reduce((most, { tookMs }) => Math.max(most, tookMs ?? 0), 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the table
    <div role="rowgroup" className={classes.head}>
      {/* biome-ignore lint/a11y/useSemanticElements: as the table */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its links take the focus */}
      <div role="row" className={classes.row} aria-rowindex={1}>
        {/* biome-ignore lint/a11y/useSemanticElements: as the table */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: nothing to do with it */}
        <span role="columnheader" className={classes.corner}>
          longest {formatDuration(longest)}
        </span>
        {columns.map(({ run, tookMs, share }) => (
          // biome-ignore lint/a11y/useSemanticElements: as the table
          // biome-ignore lint/a11y/useFocusableInteractive: its link takes the focus
          <span key={run.id} role="columnheader" className={classes.column}>
            <Link
              to="/runs/$runId"
              params={{ runId: run.id }}
              aria-label={`${run.name}: ${STATE_LOOKS[run.state].word.toLowerCase()}${tookMs === null ? '' : `, ${formatDuration(tookMs)}`}`}
              title={`${run.name}: ${STATE_LOOKS[run.state].word.toLowerCase()}${tookMs === null ? '' : `, ${formatDuration(tookMs)}`}`}
            >
              <span className={classes.barPlace}>
                <span
                  className={classes.bar}
                  data-tone={STATE_LOOKS[run.state].tone}
                  style={{ height: `${Math.max(4, share * 100)}%` }}
                />
              </span>
              <span className={classes.number}>{run.number}</span>
            </Link>
          </span>
        ))}
      </div>
    </div>
  );
}

function describeScope(count: number): string {
  return count === 1 ? 'the only run' : `the last ${formatCount(count, 'run')}`;
}
