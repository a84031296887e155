import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import classes from './layout.module.css';

interface CopyableDigestProps {
  /** `sha256:…` */
  readonly digest: string;
  /** Whose: `digest of kit 0.1.0 in int`. */
  readonly what: string;
}

/** A digest as `ShortDigest` shows it, that copies whole. */
export function CopyableDigest({ digest, what }: CopyableDigestProps): ReactNode {
  return (
    <span className={classes.copyable}>
      <ShortDigest digest={digest} />
      <CopyButton value={digest} label={`Copy ${what}`} />
    </span>
  );
}

/** As much as people compare at a glance, 12 digits as the CLI shows; the whole on hover. */
export function ShortDigest({ digest }: { readonly digest: string }): ReactNode {
  return <code title={digest}>{digest.replace(/^sha256:/, '').slice(0, 12)}</code>;
}
