import type { ReactNode } from 'react';
import { useConnection } from '../client/use-connection.ts';
import { browserTimeZone, formatClock } from '../format/format-instant.ts';
import { StateIcon } from '../states/state-icon.tsx';
import classes from './frame.module.css';

/** The stale state of every view: the connection is gone, and what one sees is from before. */
export function ConnectionBanner(): ReactNode {
  const connection = useConnection();
  return (
    <div role="status" className={classes.bannerPlace}>
      {connection.kind === 'lost' ? (
        <p className={classes.banner}>
          <StateIcon state="uncertain" />
          <span>
            <strong>Connection lost.</strong> What you see is from{' '}
            <time dateTime={connection.sinceAt}>{formatClock(connection.sinceAt, browserTimeZone())}</time> or before.
            It catches up by itself when the server answers again.
          </span>
        </p>
      ) : null}
    </div>
  );
}
