import type { ReactNode } from 'react';
import { formatCommand, joinCommand, quoteShell } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import classes from './calendar.module.css';
import type { Calendar } from './calendar-queries.ts';
import { CLOSURE_WORDS, formatDay } from './describe-calendar.ts';

interface DayPanelProps {
  readonly environment: string;
  readonly day: Calendar['days'][number];
  readonly timeZone: string;
}

/** Why a day is closed. */
export function DayPanel({ environment, day: { on, closures }, timeZone }: DayPanelProps): ReactNode {
  return (
    <section className={classes.panel} aria-label="Why closed" aria-live="polite">
      <h2>
        {formatDay(on)}: {closures.length > 0 ? 'why closed' : 'open all day'}
      </h2>
      {closures.length > 0 ? (
        <ul className={classes.reasons}>
          {closures.map(({ kind, name }) => (
            <li key={`${kind} ${name}`}>
              <strong>{CLOSURE_WORDS[kind]}</strong> <span className="name">{name}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p>No freeze, and nothing in the calendar of the policy.</p>
      )}
      <p className={classes.muted}>
        Days begin and end by the clock of {timeZone}. A declared freeze may close some hours of a day only. To the
        minute:
      </p>
      <p>
        <CommandLine
          command={joinCommand(formatCommand('freeze show'), quoteShell(environment), `--at ${on}T12:00Z`)}
        />
      </p>
    </section>
  );
}
