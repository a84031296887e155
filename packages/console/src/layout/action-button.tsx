import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLostReason } from '../client/use-connection.ts';

interface ActionButtonProps {
  readonly label: string;
  /** What it is about; it follows the label for those who hear it. */
  readonly subject: string;
  readonly icon?: ReactNode;
  /** `main`: what one came for. `danger`: what takes something away. */
  readonly look?: 'main' | 'quiet' | 'danger';
  readonly onClick: () => void;
}

const LOOKS = {
  main: { variant: 'filled' },
  quiet: { variant: 'default' },
  danger: { variant: 'filled', color: 'red.8' },
} as const;

/** Opens the question before an action; not while the connection is lost, since what one sees may be old. */
export function ActionButton({ label, subject, icon, look = 'quiet', onClick }: ActionButtonProps): ReactNode {
  const lost = useLostReason();
  return (
    <Button
      size="xs"
      {...LOOKS[look]}
      leftSection={icon}
      onClick={onClick}
      disabled={lost !== undefined}
      title={lost}
      aria-label={`${label} ${subject}`}
    >
      {label}
    </Button>
  );
}
