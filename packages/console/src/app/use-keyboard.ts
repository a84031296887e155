// The keys of the console. They never fire while someone types or a dialog is open.
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { focusRow, focusSearch, isTyping } from './focus-by-key.ts';

/** The second key of `g r` must follow within this time; longer and a lone `g` would lie in wait for a later `r`. */
const SEQUENCE_MS = 1200;

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
    let goAtMs = Number.NEGATIVE_INFINITY;
    const pages = new Map<string, '/runs' | '/pipelines'>([
      ['r', '/runs'],
      ['p', '/pipelines'],
    ]);
    const actions = new Map<string, () => void>([
      ['/', focusSearch],
      ['j', () => focusRow(1)],
      ['k', () => focusRow(-1)],
      ['?', () => setOpen(true)],
    ]);
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const page = event.timeStamp - goAtMs < SEQUENCE_MS ? pages.get(event.key) : undefined;
      goAtMs = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const action = page ? () => void navigate({ to: page }) : actions.get(event.key);
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate]);
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false) };
}
