import type { RunSummary } from '@towpath/api';
import { type ReactNode, useEffect } from 'react';
import { ColumnHeads } from '../../layout/column-heads.tsx';
import { ListPanel } from '../../layout/list-panel.tsx';
import { useVirtualRows } from '../../layout/use-virtual-rows.ts';
import { RunRow } from './run-row.tsx';
import classes from './runs.module.css';

interface RunsTableProps {
  readonly runs: readonly RunSummary[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly onLoadMore: () => void;
}

/** Height of a row before it is measured: one line on a desk, two on a phone. */
const ROW_PX = 45;
/** The next page is asked for when this many rows are left below. */
const ROWS_AHEAD = 20;

/** Any number of runs: only the rows in sight are drawn. */
export function RunsTable({ runs, hasMore, isLoadingMore, onLoadMore }: RunsTableProps): ReactNode {
  const { list, heightPx, rows, measure } = useVirtualRows<HTMLTableSectionElement>({
    count: runs.length,
    rowPx: ROW_PX,
    overscan: 12,
    keyOf: (index) => runs[index]?.id ?? index,
  });
  const isNearEnd = (rows.at(-1)?.index ?? 0) >= runs.length - ROWS_AHEAD;
  useEffect(() => {
    if (isNearEnd && hasMore && !isLoadingMore) onLoadMore();
  }, [isNearEnd, hasMore, isLoadingMore, onLoadMore]);
  return (
    <ListPanel count={runs.length} noun="run" {...{ hasMore, isLoadingMore, onLoadMore }}>
      <table aria-label="Runs" aria-rowcount={hasMore ? -1 : runs.length + 1} className={classes.table}>
        <RunsTableHead />
        <tbody ref={list} className={classes.body} style={{ height: heightPx }}>
          {rows.map(({ index, key, offsetPx }) => {
            const run = runs[index];
            return run ? <RunRow key={key} run={run} index={index} offsetPx={offsetPx} measure={measure} /> : null;
          })}
        </tbody>
      </table>
    </ListPanel>
  );
}

function RunsTableHead(): ReactNode {
  return (
    <thead className={classes.head}>
      <tr className={classes.row}>
        <ColumnHeads titles={['State', 'Run', 'Tasks', 'Took', 'Started', 'By']} />
      </tr>
    </thead>
  );
}
