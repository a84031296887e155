import { Button } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { RunSummary } from '@towpath/api';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { formatCount } from '../../format/format-count.ts';
import { RunRow } from './run-row.tsx';
import classes from './runs.module.css';

interface RunsTableProps {
  readonly rows: readonly RunSummary[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly onLoadMore: () => void;
}

/** Height of a row before it is measured: one line on a desk, two on a phone. */
const ROW_PX = 45;
/** The next page is asked for when this many rows are left below. */
const ROWS_AHEAD = 20;

/** Any number of runs: only the rows in sight are drawn. */
export function RunsTable({ rows, hasMore, isLoadingMore, onLoadMore }: RunsTableProps): ReactNode {
  const body = useRef<HTMLTableSectionElement>(null);
  const [topPx, setTopPx] = useState(0);
  useLayoutEffect(() => setTopPx(body.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: topPx,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const isNearEnd = (items.at(-1)?.index ?? 0) >= rows.length - ROWS_AHEAD;
  useEffect(() => {
    if (isNearEnd && hasMore && !isLoadingMore) onLoadMore();
  }, [isNearEnd, hasMore, isLoadingMore, onLoadMore]);
  return (
    <div className={classes.table}>
      <table aria-label="Runs" aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <RunsTableHead />
        <tbody ref={body} className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const run = rows[index];
            return run ? (
              <RunRow key={key} run={run} index={index} offsetPx={start - topPx} measure={virtual.measureElement} />
            ) : null;
          })}
        </tbody>
      </table>
      <p className={classes.foot} role="status">
        {hasMore ? `${formatCount(rows.length, 'run')} shown` : `${formatCount(rows.length, 'run')}, that is all`}
        {hasMore ? (
          <Button variant="subtle" size="compact-sm" loading={isLoadingMore} onClick={onLoadMore}>
            Load older
          </Button>
        ) : null}
      </p>
    </div>
  );
}

function RunsTableHead(): ReactNode {
  return (
    <thead className={classes.head}>
      <tr className={classes.row}>
        {['State', 'Run', 'Tasks', 'Took', 'Started', 'By'].map((title) => (
          <th scope="col" key={title}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
