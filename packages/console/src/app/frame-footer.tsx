import type { ReactNode } from 'react';
import { useSession } from '../features/session/session-queries.ts';
import classes from './frame.module.css';

/** Version and who is signed in. */
export function FrameFooter(): ReactNode {
  const session = useSession().data;
  if (!session) return null;
  return (
    <footer className={classes.footer}>
      <span>Towpath {session.version}</span>
      <span>
        signed in as <bdi>{session.name}</bdi> ({session.role ?? 'no role'})
      </span>
      <span className={classes.hint}>
        <kbd>?</kbd> shows the keys
      </span>
    </footer>
  );
}
