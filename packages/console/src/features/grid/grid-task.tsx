import { Link } from '@tanstack/react-router';
import type { RunSummary } from '@towpath/api';
import type { ReactNode } from 'react';
import { StateIcon } from '../../states/state-icon.tsx';
import classes from './grid.module.css';
import { describeCell, type GridRow } from './to-grid.ts';

interface GridTaskProps {
  readonly row: GridRow;
  /** In the order of the cells. */
  readonly runs: readonly RunSummary[];
  /** Place among the tasks, from 0. */
  readonly index: number;
  readonly offsetPx: number;
}

/** One task through the runs; each cell opens it there. The newest cell is a stop of Tab, arrows reach the others. */
export function GridTask({ row, runs, index, offsetPx }: GridTaskProps): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the table around it
    // biome-ignore lint/a11y/useFocusableInteractive: its links take the focus
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.row}
      style={{ transform: `translateY(${offsetPx}px)` }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: nothing to do with it */}
      <span role="rowheader" className={classes.name} title={row.taskId}>
        <bdi>{row.taskId}</bdi>
      </span>
      {row.cells.map((cell, column) => {
        const run = runs[column];
        const isNewest = column === runs.length - 1;
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <span key={run?.id ?? column} role="cell" className={classes.cell}>
            {cell && run ? (
              <Link
                to="/runs/$runId"
                params={{ runId: run.id }}
                search={{ task: row.taskId }}
                tabIndex={isNewest ? 0 : -1}
                data-row={isNewest || undefined}
                data-cell={`${index}:${column}`}
                aria-label={describeCell(row.taskId, run.number, cell)}
                title={describeCell(row.taskId, run.number, cell)}
              >
                <StateIcon state={cell.state} size={16} />
              </Link>
            ) : null}
          </span>
        );
      })}
    </div>
  );
}
