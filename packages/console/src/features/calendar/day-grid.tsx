import { VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { LookIcon } from '../../states/state-icon.tsx';
import type { StateLook } from '../../states/state-looks.ts';
import classes from './calendar.module.css';
import { countBefore, type Day, formatDay, formatHours, judgeDay } from './describe-calendar.ts';

interface DayGridProps {
  readonly days: readonly Day[];
  /** The day that is explained. */
  readonly chosen: string | undefined;
  /** By whose clock days begin. */
  readonly timeZone: string;
}

const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The next weeks, Monday first; a day says when it is open, and why it is closed when it is chosen. */
export function DayGrid({ days, chosen, timeZone }: DayGridProps): ReactNode {
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
            <DayLink day={day} isFirst={index === 0} isChosen={day.on === chosen} timeZone={timeZone} />
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
  readonly timeZone: string;
}

const LOOKS = {
  open: { word: 'open', tone: 'good', shape: 'check' },
  some: { word: 'open', tone: 'warn', shape: 'half' },
  closed: { word: 'closed', tone: 'bad', shape: 'cross' },
} as const satisfies Record<string, StateLook>;

function DayLink({ day, isFirst, isChosen, timeZone }: DayLinkProps): ReactNode {
  const { on, closures } = day;
  const how = judgeDay(day);
  const look = LOOKS[how];
  const names = [...new Set(closures.map(({ name }) => name))].join(', ');
  const hours = how === 'some' ? formatHours(day, timeZone) : '';
  const why = names === '' ? '' : how === 'some' ? `; else closed: ${names}` : `: ${names}`;
  const words = `${look.word}${hours && ` ${hours}`}${why}`;
  const number = Number(on.slice(8));
  const month = isFirst || number === 1 ? ` ${formatDay(on).split(' ')[2]?.slice(0, 3)}` : '';
  return (
    <Link
      to="."
      search={(before) => ({ ...before, on })}
      replace
      resetScroll={false}
      className={classes.day}
      data-how={how}
      aria-current={isChosen ? 'date' : undefined}
      title={words}
      data-row
    >
      <span>
        {number}
        {month}
      </span>
      <span className={classes.word}>
        <LookIcon look={look} size={11} />
        <span aria-hidden="true">{hours || look.word}</span>
        <VisuallyHidden>
          {words}, {formatDay(on)}
        </VisuallyHidden>
      </span>
    </Link>
  );
}
