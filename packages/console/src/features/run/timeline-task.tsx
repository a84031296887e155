import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount, formatNumber } from '../../format/format-count.ts';
import { formatDuration } from '../../format/format-duration.ts';
import { StateIcon } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { countQuarantined, isUncertain } from './describe-run.ts';
import { readTaskTable } from './read-result.ts';
import classes from './timeline.module.css';
import type { TimelineBar, TimelineRow } from './to-timeline.ts';

interface TimelineTaskProps {
  readonly row: TimelineRow;
  readonly lengthMs: number;
  readonly offsetPx: number;
  readonly isSelected: boolean;
}

/** One task: state, name, what it loaded, and its attempts as bars. */
export function TimelineTask({ row, lengthMs, offsetPx, isSelected }: TimelineTaskProps): ReactNode {
  const { task, bars } = row;
  const quarantinedCount = countQuarantined(task);
  const state = isUncertain(task) ? 'uncertain' : task.state;
  return (
    <li style={{ transform: `translateY(${offsetPx}px)` }}>
      <Link
        from="/runs/$runId"
        to="."
        search={({ attempt: _, ...rest }) => ({ ...rest, task: task.id })}
        replace
        resetScroll={false}
        data-row
        className={classes.row}
        aria-current={isSelected ? 'true' : undefined}
      >
        <StateIcon state={state} />
        <span className={classes.task}>
          <bdi title={task.id}>{task.id}</bdi>
          <span className={classes.work}>
            {STATE_LOOKS[state].word}
            {describeWork(row)}
            {quarantinedCount > 0 ? <b> · {formatNumber(quarantinedCount)} quarantined</b> : null}
          </span>
        </span>
        <span className={classes.track}>
          {bars.map((bar) => (
            <Bar key={bar.attempt.id} bar={bar} lengthMs={lengthMs} />
          ))}
        </span>
      </Link>
    </li>
  );
}

function describeWork({ task, bars }: TimelineRow): string {
  const last = bars.at(-1);
  const table = readTaskTable(task);
  const parts = [
    ...(last ? [formatDuration(last.endedMs - last.startedMs)] : []),
    ...(table ? [formatCount(table.rowsLoaded, 'row')] : []),
    ...(task.attempts.length > 1 ? [formatCount(task.attempts.length, 'attempt')] : []),
  ];
  return parts.map((part) => ` · ${part}`).join('');
}

function Bar({ bar, lengthMs }: { readonly bar: TimelineBar; readonly lengthMs: number }): ReactNode {
  const { attempt, queuedMs, grantedMs, startedMs, endedMs } = bar;
  const place = (fromMs: number, toMs: number): { left: string; width: string } => ({
    left: `${(fromMs / lengthMs) * 100}%`,
    width: `${((toMs - fromMs) / lengthMs) * 100}%`,
  });
  const words = [
    `Attempt ${attempt.number}: ${STATE_LOOKS[attempt.state].word.toLowerCase()}`,
    `queued ${formatDuration(grantedMs - queuedMs)}`,
    `starting ${formatDuration(startedMs - grantedMs)}`,
    `executing ${formatDuration(endedMs - startedMs)}`,
  ].join(', ');
  return (
    <span title={words}>
      <span data-part="queue" style={place(queuedMs, grantedMs)} />
      <span data-part="start" style={place(grantedMs, startedMs)} />
      <span data-part="execute" data-tone={STATE_LOOKS[attempt.state].tone} style={place(startedMs, endedMs)} />
    </span>
  );
}
