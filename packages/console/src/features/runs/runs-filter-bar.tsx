import { SegmentedControl, Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { RUN_TRIGGERS } from '@towpath/api';
import { RUN_STATES, type RunState } from '@towpath/core';
import type { ReactNode } from 'react';
import { StateIcon } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { usePipelines } from '../pipelines/pipeline-queries.ts';
import classes from './runs.module.css';
import { parseRunsSearch, type RunsSearch } from './runs-search.ts';

interface RunsFilterBarProps {
  readonly environment: string | undefined;
  readonly search: RunsSearch;
}

// Object.keys loses the literal type; the table is the only source of its keys.
const STATES = (Object.keys(RUN_STATES) as RunState[]).map((state) => ({
  value: state,
  label: STATE_LOOKS[state].word,
}));

const TRIGGER_WORDS = { manual: 'Started by hand', rerun: 'Re-run', schedule: 'By a schedule' } as const;

const TRIGGERS = RUN_TRIGGERS.map((trigger) => ({ value: trigger, label: TRIGGER_WORDS[trigger] }));

/** Filter by pipeline, state and trigger, list or grid; the URL keeps it. */
export function RunsFilterBar({ environment, search }: RunsFilterBarProps): ReactNode {
  const pipelines = usePipelines(environment).data?.pipelines ?? [];
  const names = new Set([...pipelines.map(({ name }) => name), ...(search.pipeline ? [search.pipeline] : [])]);
  const navigate = useNavigate();
  const change = (next: RunsSearch): void =>
    void navigate({
      to: '/runs',
      search: ({ environment: kept }) => ({ ...(kept ? { environment: kept } : {}), ...parseRunsSearch({ ...next }) }),
    });
  return (
    <search className={classes.filter}>
      <Select
        data-search
        aria-label="Filter by pipeline"
        placeholder="All pipelines"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Clear pipeline' }}
        data={[...names]}
        value={search.pipeline ?? null}
        onChange={(pipeline) => change({ ...search, pipeline: pipeline ?? undefined })}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
        className={classes.pipelineFilter}
      />
      <Select
        aria-label="Filter by state"
        placeholder="All states"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear state' }}
        data={STATES}
        value={search.state ?? null}
        onChange={(state) => change({ ...search, state: state ?? undefined })}
        leftSection={search.state ? <StateIcon state={search.state} size={14} /> : null}
        className={classes.stateFilter}
      />
      <Select
        aria-label="Filter by trigger"
        placeholder="However started"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear trigger' }}
        data={TRIGGERS}
        value={search.trigger ?? null}
        onChange={(trigger) => change({ ...search, trigger: RUN_TRIGGERS.find((known) => known === trigger) })}
        className={classes.stateFilter}
      />
      <SegmentedControl
        size="xs"
        aria-label="How to show the runs"
        data={[
          { value: 'list', label: 'List' },
          { value: 'grid', label: 'Grid' },
        ]}
        value={search.view ?? 'list'}
        onChange={(view) => change({ ...search, view: view === 'grid' ? view : undefined })}
      />
    </search>
  );
}
