import { Button, Select, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ExportAudit } from '@towpath/api';
import { AUDIT_ACTIONS } from '@towpath/core';
import type { ReactNode } from 'react';
import { loadOlder } from '../../client/load-older.ts';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useEnvironmentName } from '../environments/environment-queries.ts';
import { PageTitle } from '../environments/page-title.tsx';
import classes from './audit.module.css';
import { useAudit } from './audit-queries.ts';
import { AUDIT_DAYS, type AuditSearch, parseAuditSearch } from './audit-search.ts';
import { AuditTable } from './audit-table.tsx';
import { ChainStatus } from './chain-status.tsx';

/** Who did what, when, why; and can the record be trusted? */
export function AuditPage(): ReactNode {
  const search = useSearch({ from: '/framed/audit' });
  return (
    <div className={classes.page}>
      <PageTitle page="Audit" />
      <ChainStatus />
      <AuditFilterBar search={search} />
      <AuditList search={search} />
    </div>
  );
}

interface SearchProps {
  readonly search: AuditSearch;
}

/** What stands before the dot of an action, then the whole words. */
const ACTIONS = [
  ...new Set(Object.keys(AUDIT_ACTIONS).map((action) => action.split('.')[0] ?? action)),
  ...Object.keys(AUDIT_ACTIONS),
];

function AuditFilterBar({ search }: SearchProps): ReactNode {
  const navigate = useNavigate();
  const change = (next: AuditSearch): void =>
    void navigate({
      to: '/audit',
      search: ({ environment }) => ({ ...(environment ? { environment } : {}), ...parseAuditSearch({ ...next }) }),
      replace: true,
    });
  // A link may name an action that a newer server has.
  const known = new Set([...ACTIONS, ...(search.action ? [search.action] : [])]);
  return (
    <search className={classes.filter}>
      <TextInput
        data-search
        aria-label="Filter by what it is about"
        placeholder="About: load-int #41"
        value={search.subject ?? ''}
        onChange={({ currentTarget }) => change({ ...search, subject: currentTarget.value || undefined })}
      />
      <TextInput
        aria-label="Search in all of it"
        placeholder="Any word: reason, details"
        value={search.text ?? ''}
        onChange={({ currentTarget }) => change({ ...search, text: currentTarget.value || undefined })}
      />
      <TextInput
        aria-label="Filter by who"
        placeholder="Who"
        value={search.actor ?? ''}
        onChange={({ currentTarget }) => change({ ...search, actor: currentTarget.value || undefined })}
      />
      <Select
        aria-label="Filter by action"
        placeholder="All actions"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear action' }}
        searchable
        data={[...known]}
        value={search.action ?? null}
        onChange={(action) => change({ ...search, action: action ?? undefined })}
        className={classes.narrow}
      />
      <Select
        aria-label="Filter by time"
        placeholder="Any time"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear time' }}
        data={AUDIT_DAYS.map((days) => ({ value: String(days), label: days === 1 ? 'Last day' : `Last ${days} days` }))}
        value={search.days ? String(search.days) : null}
        onChange={(days) => change({ ...search, days: days ? Number(days) : undefined })}
        className={classes.narrow}
      />
      <DayInput name="From" value={search.from} onChange={(from) => change({ ...search, from })} />
      <DayInput name="Until" value={search.until} onChange={(until) => change({ ...search, until })} />
      <Button component="a" href={ExportAudit.path} download="audit.ndjson" variant="default" size="sm">
        Export all
      </Button>
    </search>
  );
}

interface DayInputProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

function DayInput({ name, value = '', onChange }: DayInputProps): ReactNode {
  return (
    <TextInput
      type="date"
      aria-label={`${name} day`}
      title={`${name} this day`}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
      className={classes.narrow}
    />
  );
}

function AuditList({ search }: SearchProps): ReactNode {
  const environment = useEnvironmentName();
  const audit = useAudit({ environment, ...search });
  if (audit.isPending) return <LoadingRows label="Loading the audit" />;
  if (!audit.data) return <ErrorPanel error={audit.error} onRetry={() => void audit.refetch()} />;
  const entries = audit.data.pages.flatMap((page) => page.entries);
  if (entries.length === 0) return <NothingFound isFiltered={Object.keys(search).length > 0} />;
  return (
    <AuditTable
      entries={entries}
      hasMore={audit.hasNextPage}
      isLoadingMore={audit.isFetchingNextPage}
      onLoadMore={() => void loadOlder(audit)}
    />
  );
}

function NothingFound({ isFiltered }: { readonly isFiltered: boolean }): ReactNode {
  if (isFiltered)
    return (
      <EmptyState title="No entry matches the filter">
        <p>
          Who and what are matched as whole words, as they stand in an entry. Clear a filter, or look in a terminal:
        </p>
        <CommandLine command={formatCommand('audit')} />
      </EmptyState>
    );
  return (
    <EmptyState title="Nothing was decided here yet">
      <p>Every run that is started, cancelled or repeated, every pause and every pool that is set leaves an entry.</p>
      <CommandLine command={formatCommand('audit')} />
    </EmptyState>
  );
}
