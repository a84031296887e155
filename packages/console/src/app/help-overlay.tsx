import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './frame.module.css';

interface HelpOverlayProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const KEYS = [
  { keys: ['/'], what: 'Search or filter on this page' },
  { keys: ['Ctrl', 'K'], what: 'Go to any page, pipeline or run' },
  { keys: ['g', 'b'], what: 'Go to the board' },
  { keys: ['g', 'r'], what: 'Go to the runs' },
  { keys: ['g', 'p'], what: 'Go to the pipelines' },
  { keys: ['g', 's'], what: 'Go to the schedules' },
  { keys: ['g', 'l'], what: 'Go to the releases' },
  { keys: ['g', 'c'], what: 'Go to the calendar' },
  { keys: ['g', 'd'], what: 'Go to the datakits' },
  { keys: ['g', 'e'], what: 'Go to the environment' },
  { keys: ['g', 'a'], what: 'Go to the audit' },
  { keys: ['j'], what: 'Next row' },
  { keys: ['k'], what: 'Previous row' },
  { keys: ['Enter'], what: 'Open the row' },
  { keys: ['← → ↑ ↓'], what: 'Move in the grid' },
  { keys: ['Esc'], what: 'Leave a field, close this' },
  { keys: ['?'], what: 'Show the keys' },
] as const;

/** The keys, on demand. */
export function HelpOverlay({ isOpen, onClose }: HelpOverlayProps): ReactNode {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Keys"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <dl className={classes.keys}>
        {KEYS.map(({ keys, what }) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
