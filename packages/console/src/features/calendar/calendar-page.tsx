import { Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { browserTimeZone } from '../../format/format-instant.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Headline } from '../../layout/headline.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useNow } from '../../layout/use-now.ts';
import { useEnvironment, useEnvironments } from '../environments/environment-queries.ts';
import { PageTitle } from '../environments/page-title.tsx';
import classes from './calendar.module.css';
import { type Calendar, useCalendar } from './calendar-queries.ts';
import { DayGrid } from './day-grid.tsx';
import { DayPanel } from './day-panel.tsx';
import { describeCalendar } from './describe-calendar.ts';
import { FreezesPanel } from './freezes-panel.tsx';

/** When may a release come in? */
export function CalendarPage(): ReactNode {
  const environments = useEnvironments();
  const { environment } = useEnvironment();
  const released = (environments.data ?? []).filter(({ kind }) => kind !== 'local').map(({ name }) => name);
  const name = environment && released.includes(environment.name) ? environment.name : released[0];
  const calendar = useCalendar(name);
  if (environments.data && name === undefined) return <NoCalendar />;
  if (calendar.error && !calendar.data)
    return (
      <ErrorPanel title="The calendar can't be shown" error={calendar.error} onRetry={() => void calendar.refetch()} />
    );
  if (environments.error && !environments.data)
    return (
      <ErrorPanel
        title="The calendar can't be shown"
        error={environments.error}
        onRetry={() => void environments.refetch()}
      />
    );
  if (!calendar.data || name === undefined) return <LoadingRows label="Loading the calendar" />;
  return <LoadedCalendar environment={name} all={released} calendar={calendar.data} />;
}

interface LoadedCalendarProps {
  readonly environment: string;
  /** Environments that releases come to. */
  readonly all: readonly string[];
  readonly calendar: Calendar;
}

function LoadedCalendar({ environment, all, calendar }: LoadedCalendarProps): ReactNode {
  const { on } = useSearch({ from: '/framed/calendar' });
  const nowMs = useNow(30_000);
  const navigate = useNavigate();
  const { closures, days, freezes, timeZone } = calendar;
  const chosen = days.find((day) => day.on === on) ?? days[0];
  return (
    <div className={classes.page}>
      <PageTitle page="Calendar" />
      <Headline tone={closures.length > 0 ? 'bad' : 'good'}>
        {describeCalendar(environment, calendar, { nowMs, timeZone: browserTimeZone() })}
      </Headline>
      <div className={classes.filter}>
        <Select
          data-search
          aria-label="Environment"
          data={[...all]}
          value={environment}
          allowDeselect={false}
          onChange={(next) => void navigate({ to: '/calendar', search: { environment: next ?? environment } })}
        />
      </div>
      <div className={classes.columns}>
        <DayGrid days={days} chosen={chosen?.on} timeZone={timeZone} />
        <div className={classes.side}>
          {chosen ? <DayPanel environment={environment} day={chosen} timeZone={timeZone} /> : null}
          <FreezesPanel environment={environment} freezes={freezes} />
        </div>
      </div>
      <p className={classes.foot}>
        What closes it by itself, and its weekly windows, stand in the policy:{' '}
        <CommandLine command={formatCommand('policy show')} />.{' '}
        <a href={`/api/environments/${encodeURIComponent(environment)}/calendar.ics`}>As a calendar feed (.ics)</a>
      </p>
    </div>
  );
}

function NoCalendar(): ReactNode {
  return (
    <div className={classes.page}>
      <PageTitle page="Calendar" />
      <Headline>No environment takes releases yet</Headline>
      <EmptyState title="Nothing to close">
        <p>
          A calendar belongs to a shared or production environment. Declare some in <code>towpath.yaml</code>, then:
        </p>
        <CommandLine command={formatCommand('environment apply')} />
      </EmptyState>
    </div>
  );
}
