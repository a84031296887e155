import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import classes from './layout.module.css';

/** A command as it is typed, with a button that copies it. */
export function CommandLine({ command }: { readonly command: string }): ReactNode {
  return (
    <span className={classes.command}>
      <code>
        <span aria-hidden="true" className={classes.prompt}>
          ${' '}
        </span>
        {command}
      </code>
      <CopyButton value={command} label={`Copy command ${command}`} />
    </span>
  );
}
