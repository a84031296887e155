import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RunDetail } from '@towpath/api';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { formatDuration } from '../../format/format-duration.ts';
import { useNow } from '../../layout/use-now.ts';
import classes from './timeline.module.css';
import { TimelineTask } from './timeline-task.tsx';
import { toTimeline } from './to-timeline.ts';

interface RunTimelineProps {
  readonly run: RunDetail;
  readonly selectedTaskId: string | undefined;
}

/** Height of a row; on a phone the bars stand below the words. */
const ROW_PX = 46;
const NARROW_ROW_PX = 66;

/** Tasks with their attempts on one time axis; choosing a row opens the task. */
export function RunTimeline({ run, selectedTaskId }: RunTimelineProps): ReactNode {
  const nowMs = useNow(run.finishedAt ? null : 1000);
  const { rows, lengthMs } = toTimeline(run, nowMs);
  const box = useRef<HTMLDivElement>(null);
  const rowPx = useMediaQuery('(max-width: 640px)', false, { getInitialValueInEffect: false }) ? NARROW_ROW_PX : ROW_PX;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: 8,
    initialOffset: Math.max(0, rows.findIndex(({ task }) => task.id === selectedTaskId) - 3) * rowPx,
  });
  // Heights once asked for are kept; another width of the window makes them wrong.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is what the estimate reads
  useLayoutEffect(() => virtual.measure(), [virtual, rowPx]);
  return (
    <div className={classes.timeline}>
      <div className={classes.axis} aria-hidden="true">
        <span />
        <span className={classes.scale}>
          <span>0</span>
          <span>{formatDuration(lengthMs / 2)}</span>
          <span>{formatDuration(lengthMs)}</span>
        </span>
      </div>
      <div ref={box} className={classes.box}>
        <ul className={classes.rows} style={{ height: virtual.getTotalSize() }} aria-label="Timeline of tasks">
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return row ? (
              <TimelineTask
                key={row.task.id}
                row={row}
                lengthMs={lengthMs}
                offsetPx={start}
                isSelected={row.task.id === selectedTaskId}
              />
            ) : null;
          })}
        </ul>
      </div>
      <Legend />
    </div>
  );
}

function Legend(): ReactNode {
  return (
    <p className={classes.legend}>
      <span data-part="queue">queued</span>
      <span data-part="start">starting</span>
      <span data-part="execute">executing</span>
    </p>
  );
}
