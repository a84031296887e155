import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../format/format-count.ts';
import classes from './layout.module.css';

interface ListPanelProps {
  /** How many are here, and what one of them is called. */
  readonly count: number;
  readonly noun: string;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly onLoadMore: () => void;
  readonly children: ReactNode;
}

/** A long list in its frame; below it how much of it is here, and the way to more. */
export function ListPanel({ count, noun, hasMore, isLoadingMore, onLoadMore, children }: ListPanelProps): ReactNode {
  return (
    <div className={classes.listPanel}>
      {children}
      <p className={classes.listFoot} role="status">
        {formatCount(count, noun)} {hasMore ? 'shown' : 'in all'}
        {hasMore ? (
          <Button variant="subtle" size="compact-sm" loading={isLoadingMore} onClick={onLoadMore}>
            Load older
          </Button>
        ) : null}
      </p>
    </div>
  );
}
