// The keys of the console. They never fire while someone types or a dialog is open.
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { focusRow, focusSearch, isTyping } from './focus-by-key.ts';
import { createKeySequence } from './key-sequence.ts';

export interface Help {
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
}

/** Listens to the keys of the page; gives the state of the help overlay. */
export function useKeyboard(): Help {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  useEffect(() => {
    const actions = new Map<string, () => void>([
      ['/', focusSearch],
      ['j', () => focusRow(1)],
      ['k', () => focusRow(-1)],
      ['?', () => setOpen(true)],
      ['g r', () => void navigate({ to: '/runs' })],
      ['g p', () => void navigate({ to: '/pipelines' })],
    ]);
    const sequence = createKeySequence();
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const action = actions.get(sequence(event.key, event.timeStamp));
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate]);
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false) };
}
