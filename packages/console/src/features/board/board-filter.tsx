import { CloseButton, SegmentedControl, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './board.module.css';
import { type BoardSearch, parseBoardSearch } from './board-search.ts';

/** Filter by name, all or only what is open; the URL keeps it. */
export function BoardFilter({ search }: { readonly search: BoardSearch }): ReactNode {
  const navigate = useNavigate();
  const change = (next: BoardSearch): void =>
    void navigate({
      to: '/board',
      // Each letter would be a step to go back over.
      replace: true,
      search: ({ environment: kept }) => ({ ...(kept ? { environment: kept } : {}), ...parseBoardSearch({ ...next }) }),
    });
  return (
    <search className={classes.filter}>
      <TextInput
        data-search
        aria-label="Filter by project, environment or pipeline"
        placeholder="Project, environment or pipeline"
        value={search.find ?? ''}
        onChange={({ currentTarget }) => change({ ...search, find: currentTarget.value })}
        rightSection={
          search.find ? (
            <CloseButton size="sm" aria-label="Clear filter" onClick={() => change({ ...search, find: undefined })} />
          ) : null
        }
        className={classes.find}
      />
      <SegmentedControl
        size="xs"
        aria-label="What to show"
        data={[
          { value: 'all', label: 'All' },
          { value: 'open', label: 'Waits, drifts or failed' },
        ]}
        value={search.only ?? 'all'}
        onChange={(only) => change({ ...search, only: only === 'open' ? only : undefined })}
      />
    </search>
  );
}
