import type { ReactNode } from 'react';
import { browserTimeZone, formatElapsed, formatExact, formatMinute, formatRelative } from '../format/format-instant.ts';
import classes from './layout.module.css';
import { useNow } from './use-now.ts';

interface InstantProps {
  readonly at: string;
  /** Day and minute instead of a distance: for what stands in a calendar. */
  readonly isExact?: boolean;
}

/** An instant (RFC 3339) as distance from now; exact, with its zone, on hover. */
export function Instant({ at, isExact = false }: InstantProps): ReactNode {
  const nowMs = useNow(isExact ? null : 5000);
  return (
    <time className={classes.instant} dateTime={at} title={formatExact(at, browserTimeZone())}>
      {isExact ? formatMinute(at, browserTimeZone()) : formatRelative(at, nowMs)}
    </time>
  );
}

/** How long ago an instant (RFC 3339) was, as a length: `3 s`; the exact instant on hover. */
export function Elapsed({ since }: { readonly since: string }): ReactNode {
  const nowMs = useNow(5000);
  return (
    <time className={classes.instant} dateTime={since} title={formatExact(since, browserTimeZone())}>
      {formatElapsed(since, nowMs)}
    </time>
  );
}
