import { ActionIcon, Switch, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconDownload } from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { LazyCopyButton } from '../../layout/lazy-copy-button.tsx';
import classes from './log.module.css';

interface LogSearch {
  readonly text: string;
  readonly matchCount: number;
  /** Index among the matches. */
  readonly chosen: number;
  readonly onChange: (text: string) => void;
  /** Goes to the next (1) or the previous (-1) match. */
  readonly onStep: (by: number) => void;
}

interface LogToolbarProps {
  readonly search: LogSearch;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly isWrapping: boolean;
  readonly onWrap: (isWrapping: boolean) => void;
  readonly getText: () => string;
  readonly onDownload: () => void;
  readonly isDownloading: boolean;
}

/** Search, follow, wrap, copy, download. */
export function LogToolbar({ search, isFollowing, onFollow, ...rest }: LogToolbarProps): ReactNode {
  return (
    <div className={classes.toolbar}>
      <h3>Log</h3>
      <LogSearchField search={search} />
      <Switch
        size="xs"
        label="Follow"
        checked={isFollowing}
        onChange={({ currentTarget }) => onFollow(currentTarget.checked)}
      />
      <Switch
        size="xs"
        label="Wrap"
        checked={rest.isWrapping}
        onChange={({ currentTarget }) => rest.onWrap(currentTarget.checked)}
      />
      <span className={classes.buttons}>
        <LazyCopyButton getText={rest.getText} label="Copy the log" />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label="Download the log"
          title="Download the log"
          loading={rest.isDownloading}
          onClick={rest.onDownload}
        >
          <IconDownload size={15} />
        </ActionIcon>
      </span>
    </div>
  );
}

function LogSearchField({ search }: { readonly search: LogSearch }): ReactNode {
  const onKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') search.onStep(event.shiftKey ? -1 : 1);
    if (event.key === 'Escape') event.currentTarget.blur();
  };
  return (
    <span className={classes.search}>
      <TextInput
        data-search
        size="xs"
        aria-label="Search in the log"
        placeholder="Search"
        value={search.text}
        onChange={({ currentTarget }) => search.onChange(currentTarget.value)}
        onKeyDown={onKey}
      />
      {search.text ? (
        <>
          <span className={classes.matches} role="status">
            {search.matchCount === 0 ? 'no match' : `${search.chosen + 1} of ${search.matchCount}`}
          </span>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label="Previous match"
            onClick={() => search.onStep(-1)}
          >
            <IconChevronUp size={15} />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Next match" onClick={() => search.onStep(1)}>
            <IconChevronDown size={15} />
          </ActionIcon>
        </>
      ) : null}
    </span>
  );
}
