import { CloseButton, SegmentedControl, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import classes from './board.module.css';
import { type BoardSearch, parseBoardSearch } from './board-search.ts';

/** Filter by name, all or only what is open; the URL keeps it. */
export function BoardFilter({ search }: { readonly search: BoardSearch }): ReactNode {
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  // Navigation lags behind quick fingers: what was typed is kept here, and follows the address only while nobody types.
  const [text, setText] = useState(search.find ?? '');
  useEffect(() => {
    if (document.activeElement !== field.current) setText(search.find ?? '');
  }, [search.find]);
  const change = (next: BoardSearch): void =>
    void navigate({
      to: '/board',
      // Each letter would be a step to go back over.
      replace: true,
      search: ({ environment: kept }) => ({ ...(kept ? { environment: kept } : {}), ...parseBoardSearch({ ...next }) }),
    });
  const find = (typed: string): void => {
    setText(typed);
    change({ ...search, find: typed });
  };
  return (
    <search className={classes.filter}>
      <TextInput
        data-search
        aria-label="Filter by project, environment or pipeline"
        placeholder="Project, environment or pipeline"
        ref={field}
        value={text}
        onChange={({ currentTarget }) => find(currentTarget.value)}
        rightSection={text ? <CloseButton size="sm" aria-label="Clear filter" onClick={() => find('')} /> : null}
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
