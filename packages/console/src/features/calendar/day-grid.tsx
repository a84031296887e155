import { VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { StateIcon } from '../../states/state-icon.tsx';
import classes from './calendar.module.css';
import type { Calendar } from './calendar-queries.ts';
import { countBefore, formatDay } from './describe-calendar.ts';

type Day = Calendar['days'][number];

interface DayGridProps {
  readonly days: readonly Day[];
  /** The day that is explained. */
  readonly chosen: string | undefined;
}

const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The next weeks, Monday first; a day says why it is closed when it is chosen. */
export function DayGrid({ days, chosen }: DayGridProps): ReactNode {
  const before = days[0] ? countBefore(days[0].on) : 0;
  return (
    <div className={classes.weeks}>
      {WEEK.map((name) => (
        <span key={name} className={classes.weekday} aria-hidden="true">
          {name}
        </span>
      ))}
      <ul className={classes.days} aria-label="Days">
        {days.map((day, index) => (
          <li key={day.on} style={index === 0 ? { gridColumnStart: before + 1 } : undefined}>
            <DayLink day={day} isFirst={index === 0} isChosen={day.on === chosen} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface DayLinkProps {
  readonly day: Day;
  readonly isFirst: boolean;
  readonly isChosen: boolean;
}

function DayLink({ day: { on, closures }, isFirst, isChosen }: DayLinkProps): ReactNode {
  const isClosed = closures.length > 0;
  const why = isClosed ? ` by ${closures.map(({ name }) => name).join(', ')}` : '';
  const number = Number(on.slice(8));
  const month = isFirst || number === 1 ? ` ${formatDay(on).split(' ')[2]?.slice(0, 3)}` : '';
  return (
    <Link
      to="."
      search={(before) => ({ ...before, on })}
      replace
      resetScroll={false}
      className={classes.day}
      data-closed={isClosed || undefined}
      aria-current={isChosen ? 'date' : undefined}
      title={isClosed ? `closed${why}` : 'open'}
      data-row
    >
      <span>
        {number}
        {month}
      </span>
      <span className={classes.word}>
        <StateIcon state={isClosed ? 'failed' : 'succeeded'} size={11} />
        <span>{isClosed ? 'closed' : 'open'}</span>
        <VisuallyHidden>
          {why}, {formatDay(on)}
        </VisuallyHidden>
      </span>
    </Link>
  );
}
