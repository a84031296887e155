import { ActionIcon } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface LazyCopyButtonProps {
  /** Asked when the button is pressed: the text may be large. */
  readonly getText: () => string;
  /** What is copied, in words. */
  readonly label: string;
}

/** Copies a text; says that it did. */
export function LazyCopyButton({ getText, label }: LazyCopyButtonProps): ReactNode {
  const clipboard = useClipboard({ timeout: 1500 });
  const shown = clipboard.copied ? 'Copied' : label;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={shown}
      title={shown}
      onClick={() => clipboard.copy(getText())}
    >
      {clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
    </ActionIcon>
  );
}
