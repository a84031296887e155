import type { ReactNode } from 'react';
import { LazyCopyButton } from './lazy-copy-button.tsx';

interface CopyButtonProps {
  readonly value: string;
  /** What is copied, in words. */
  readonly label: string;
}

/** Copies a text that is at hand. */
export function CopyButton({ value, label }: CopyButtonProps): ReactNode {
  return <LazyCopyButton getText={() => value} label={label} />;
}
