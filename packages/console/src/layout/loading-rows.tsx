import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './layout.module.css';

/** The loading state of a list: rows without content, and a word for those who can't see them. */
export function LoadingRows({ label }: { readonly label: string }): ReactNode {
  return (
    <div className={classes.loading} role="status" aria-busy="true" aria-label={label}>
      {Array.from({ length: 8 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <Skeleton key={index} height={14} width={`${92 - ((index * 17) % 40)}%`} />
      ))}
    </div>
  );
}
