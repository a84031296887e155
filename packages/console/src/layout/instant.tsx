import type { ReactNode } from 'react';
import { browserTimeZone, formatExact, formatRelative } from '../format/format-instant.ts';
import classes from './layout.module.css';
import { useNow } from './use-now.ts';

/** An instant (RFC 3339) as distance from now; exact, with its zone, on hover. */
export function Instant({ at }: { readonly at: string }): ReactNode {
  const nowMs = useNow(5000);
  return (
    <time className={classes.instant} dateTime={at} title={formatExact(at, browserTimeZone())}>
      {formatRelative(at, nowMs)}
    </time>
  );
}
