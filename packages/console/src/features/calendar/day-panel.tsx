import { CLOSURE_WORDS } from '@towpath/core';
import type { ReactNode } from 'react';
import { formatCommand, joinCommand, quoteShell } from '../../format/format-command.ts';
import { browserTimeZone } from '../../format/format-instant.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { Instant } from '../../layout/instant.tsx';
import classes from './calendar.module.css';
import { type Day, formatDay, formatHours, judgeDay } from './describe-calendar.ts';

interface DayPanelProps {
  readonly environment: string;
  readonly day: Day;
  readonly timeZone: string;
}

/** When a day is open, and why it is closed else. */
export function DayPanel({ environment, day, timeZone }: DayPanelProps): ReactNode {
  return (
    <section className={classes.panel} aria-label="Why closed" aria-live="polite">
      <h2>
        {formatDay(day.on)}: {describeDay(day, timeZone)}
      </h2>
      <Hours day={day} timeZone={timeZone} />
      <Reasons day={day} />
      <p className={classes.muted}>Days begin and end by the clock of {timeZone}. Another moment:</p>
      <p>
        <CommandLine
          command={joinCommand(
            formatCommand('freeze show'),
            quoteShell(environment),
            `--at ${day.open[0]?.startsAt ?? `${day.on}T12:00Z`}`,
          )}
        />
      </p>
    </section>
  );
}

function describeDay(day: Day, timeZone: string): string {
  const how = judgeDay(day);
  if (how === 'some') return `open ${formatHours(day, timeZone)}`;
  return how === 'open' ? 'open all day' : 'closed all day';
}

/** In the zone of who looks, where that is another one. */
function Hours({ day, timeZone }: Pick<DayPanelProps, 'day' | 'timeZone'>): ReactNode {
  if (judgeDay(day) !== 'some' || browserTimeZone() === timeZone) return null;
  return (
    <ul className={classes.reasons} aria-label="In your time zone">
      {day.open.map(({ startsAt, endsAt }) => (
        <li key={startsAt}>
          For you from <Instant at={startsAt} isExact /> to <Instant at={endsAt} isExact />
        </li>
      ))}
    </ul>
  );
}

function Reasons({ day: { closures } }: Pick<DayPanelProps, 'day'>): ReactNode {
  if (closures.length === 0)
    return <p>No freeze, no closed day of the policy, and nothing outside of a weekly window.</p>;
  return (
    <ul className={classes.reasons} aria-label="What closes it">
      {closures.map(({ kind, name, startsAt, endsAt }) => (
        <li key={`${kind} ${name} ${startsAt}`}>
          <strong>{CLOSURE_WORDS[kind]}</strong> <span className="name">{name}</span>{' '}
          <span className={classes.muted}>
            from <Instant at={startsAt} isExact />{' '}
            {endsAt === null ? (
              'until it is lifted'
            ) : (
              <>
                to <Instant at={endsAt} isExact />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
