import { Button } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface LinkButtonProps {
  readonly label: string;
  /** The label with what it is about; it begins with the label. */
  readonly ariaLabel: string;
  readonly link: LinkProps;
}

/** A link that looks like a button: it leads to where something is asked before it is done. */
export function LinkButton({ label, ariaLabel, link }: LinkButtonProps): ReactNode {
  return (
    <Button
      size="sm"
      variant="default"
      aria-label={ariaLabel}
      renderRoot={({ children, ...props }) => (
        <Link {...link} {...props}>
          {children}
        </Link>
      )}
    >
      {label}
    </Button>
  );
}
